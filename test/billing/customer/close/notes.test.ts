import { foldStretch } from '../../../../billing/customer/fold.js';
import { noteDues, noted, notedMinor } from '../../../../billing/customer/close/notes.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, START_MS, subscribed } from '../world.js';

const asks = (state: CustomerState, amountMinor: number, number = state.mark + 1) =>
  foldStretch(
    state,
    commanded(number, {
      type: 'creditNote',
      stripeInvoice: 'in_start',
      amountMinor,
      reason: 'sorry',
      atMs: START_MS,
    }),
  );

describe('a credit on an invoice that no segment is about', () => {
  const asked = asks(subscribed(), 500);
  const id = `command/${asked.mark}`;

  it('waits for Stripe, once by the id of its command, then is done', () => {
    expect(noteDues(asked)).toEqual([{ step: { kind: 'giveNote', note: id }, atMs: 0 }]);
    const done = noted(asked, id, null);
    expect(noteDues(done)).toEqual([]);
    expect(done.notes?.[id]).toMatchObject({ done: true, as: 'note', amountMinor: 500 });
    expect(noted(done, id, 'late')).toBe(done);
    expect(noteDues(subscribed())).toEqual([]);
  });

  it('counts as given unless Stripe refused it', () => {
    const two = asks(asked, 300);
    expect([notedMinor(two, 'in_start'), notedMinor(two, 'in_other')]).toEqual([800, 0]);
    expect(notedMinor(noted(two, id, 'too much'), 'in_start')).toBe(300);
  });

  it('that nobody asked for is not noted', () => {
    const state = subscribed();
    expect([noted(state, id, null), noted(asked, 'command/77', null)]).toEqual([state, asked]);
  });

  it('that waits is never forgotten, however many there are', () => {
    const many = Array.from({ length: 120 }).reduce<CustomerState>((state) => {
      return asks(state, 1);
    }, subscribed());
    expect(noteDues(many)).toHaveLength(120);
  });

  it('of nothing is none, and only the newest fifty that are done are remembered', () => {
    expect(asks(subscribed(), 0).notes).toBeUndefined();
    const many = Array.from({ length: 60 }).reduce<CustomerState>((state, _, at) => {
      const next = asks(state, at + 1);
      return at === 0 ? next : noted(next, `command/${next.mark}`, null);
    }, subscribed());
    const kept = Object.values(many.notes ?? {}).map(({ amountMinor }) => amountMinor);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([51, 1, 60]);
  });
});
