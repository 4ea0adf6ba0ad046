import { detailsPage } from '../../../../billing/customer/reads/details.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { initialState } from '../../../../billing/customer/initial.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import { turn } from '../../../../billing/customer/periods/turning.js';
import type { CustomerState } from '../../../../billing/state.js';
import { row, START_MS, subscribed, used } from '../world.js';

const USAGE = ['| meter | quantity | told to Stripe |', '| --- | ---: | ---: |'];
const CLOSES = ['| period | ended | stage | Stripe invoice |', '| ---: | --- | --- | --- |'];

const pageOf = (state: CustomerState) => detailsPage(state).split('\n');

describe('the page an operator reads', () => {
  it('shows the open period and what Stripe was told of it, line by line', () => {
    const reports = { intended: 250, accepted: 240, inDoubt: 10, deadLetter: 0, lastAtMs: 0 };
    const counted = foldStretch(subscribed(), used(3, 3, [row(START_MS, 250)]));
    expect(pageOf(changeSegment(counted, 0, { reports: { tokens: reports } }))).toEqual([
      '**acme** (test), plan **pro@1**, active',
      '',
      'Log folded to 3 of 3.',
      '',
      'Period 0: 2026-01-01T00:00:00.000Z to 2026-02-01T00:00:00.000Z (next due: its end)',
      '',
      ...USAGE,
      '| tokens | 250 | 240 |',
      '| calls | 0 |  |',
    ]);
  });

  it('adds why all stands, and periods that are being closed, three at most', () => {
    const may = turn(subscribed(), Date.UTC(2026, 4, 1));
    const retry = { step: 'report', attempts: 1, atMs: 0, reason: 'Stripe is away' };
    const billed = changeSegment(may, 3, { stage: 'billed', stripeInvoice: 'in_3' });
    const page = pageOf({ ...billed, halted: 'number 3 is missing', retry });
    expect(page.slice(2, 8)).toEqual([
      'Log folded to 2 of 2.',
      '',
      '**Halted:** number 3 is missing',
      '',
      'Waiting after `report`: Stripe is away',
      '',
    ]);
    expect(page.slice(-6)).toEqual([
      '',
      ...CLOSES,
      '| 1 | 2026-03-01T00:00:00.000Z | hold |  |',
      '| 2 | 2026-04-01T00:00:00.000Z | hold |  |',
      '| 3 | 2026-05-01T00:00:00.000Z | billed | in_3 |',
    ]);
  });

  it('says of a customer without a period how far its log is read', () => {
    expect(pageOf(initialState({ mode: 'live', customer: 'new', life: 1 }))).toEqual([
      '**new** (live), plan **none yet**, starting',
      '',
      'Log folded to 0 of 0.',
    ]);
  });
});
