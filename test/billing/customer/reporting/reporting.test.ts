import fc from 'fast-check';
import type { PlanSnapshot, Price } from '../../../../billing/catalogue.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { takeLateItems } from '../../../../billing/customer/invoice/late.js';
import {
  accruedMinor,
  sumMinor,
  usageLines,
} from '../../../../billing/customer/invoice/prediction.js';
import {
  billedUnits,
  billedUnitsWithLate,
  dueReports,
  reportTarget,
} from '../../../../billing/customer/reporting/reporting.js';
import { reportingRow } from '../../../../billing/customer/reporting/reportingRow.js';
import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import { rateMeter } from '../../../../billing/rating/rateMeter.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { closed, commanded, folded, LINK, PRO, row, START_MS, used } from '../world.js';

const DAY_MS = 86_400_000;

/** A customer on a plan that prices tokens so. */
function priced(price: Price): CustomerState {
  const plan: PlanSnapshot = { ...PRO, plan: { ...PRO.plan, prices: { tokens: price } } };
  return folded([
    commanded(1, { type: 'customer', plan, details: {}, atMs: START_MS, anchorMs: START_MS }),
    commanded(2, { type: 'subscribed', request: 1, plan, stripe: LINK }),
  ]);
}

const zero = (state: CustomerState) => state.segments[0] as Segment;
const next = (state: CustomerState) => state.mark + 1;
const uses = (state: CustomerState, quantity: number) =>
  foldStretch(state, used(next(state), next(state), [row(START_MS + DAY_MS, quantity)]));
const ends = (state: CustomerState) => foldStretch(state, closed(next(state), 0));

const PER_UNIT: Price = { type: 'perUnit', unitAmountMinor: '0.5', included: 100 };
const VOLUME: Price = {
  type: 'volume',
  included: 100,
  tiers: [{ upTo: 200, unitAmountMinor: '2' }, { upTo: 'inf', unitAmountMinor: '1' }],
};
const PACKAGE: Price = { type: 'package', included: 10, size: 7, packageAmountMinor: '3' };

function told(state: CustomerState, intended: number): CustomerState {
  const totals = { intended, accepted: intended, inDoubt: 0, deadLetter: 0, lastAtMs: 0 };
  return changeSegment(state, 0, { reports: { tokens: totals } });
}

describe('what Stripe is told: the growth of one number', () => {
  it('is every unit of a tiered or unit price, what is beyond included of the others', () => {
    const target = (price: Price) => {
      const state = uses(priced(price), 250);
      return reportTarget(state, zero(state), 'tokens', price);
    };
    expect([PER_UNIT, VOLUME, PACKAGE].map(target)).toEqual([250, 150, 240]);
  });

  it('never falls, whatever a void takes back', () => {
    const state = told(uses(priced(PER_UNIT), 250), 250);
    const voided = uses(state, -50);
    expect(reportTarget(voided, zero(voided), 'tokens', PER_UNIT)).toBe(250);
    expect(dueReports(voided, zero(voided))).toEqual([]);
    expect(reportingRow(voided, zero(voided), 'tokens', PER_UNIT)).toEqual({
      ledger: 200,
      accepted: 250,
      pending: 0,
      inDoubt: 0,
      deadLetter: 0,
      withheld: 0,
      late: -50,
    });
  });

  it('is nothing once the invoice is final, and nothing where Stripe bills nothing', () => {
    const state = uses(priced(PER_UNIT), 250);
    expect(dueReports(state, zero(state))).toHaveLength(1);
    expect(dueReports(state, { ...zero(state), final: true })).toEqual([]);
    expect(dueReports(state, { ...zero(state), stripe: null })).toEqual([]);
    expect(dueReports({ ...state, stripe: null }, zero(state))).toEqual([]);
  });

  it('tells a `last` value only when the segment is frozen', () => {
    const state = uses(priced(PER_UNIT), 5);
    const [name = ''] = Object.keys(state.snapshots);
    const snapshot = state.snapshots[name] as PlanSnapshot;
    const tokens = { name: 'Seats', unit: 'seat', aggregation: 'last' } as const;
    const last = { ...state, snapshots: { [name]: { ...snapshot, meters: { tokens } } } };
    expect(dueReports(last, zero(last))).toEqual([]);
    const frozen = ends(last);
    expect(dueReports(frozen, zero(frozen)).map(({ target }) => target)).toEqual([5]);
  });
});

describe('ledger = accepted + pending + inDoubt + deadLetter + withheld + late', () => {
  const price = fc.constantFrom(PER_UNIT, VOLUME, PACKAGE);
  const step = fc.oneof(
    fc.integer({ min: 0, max: 400 }).map((units) => ['use', units] as const),
    fc.integer({ min: 0, max: 400 }).map((units) => ['tell', units] as const),
    fc.constant(['close', 0] as const),
  );

  it('holds after every step, with nothing but late ever below zero', () => {
    fc.assert(
      fc.property(price, fc.array(step, { maxLength: 20 }), (terms, steps) => {
        let state = priced(terms);
        for (const [kind, units] of steps) {
          if (kind === 'use') state = uses(state, units);
          if (kind === 'close') state = ends(state);
          const target = reportTarget(state, zero(state), 'tokens', terms);
          if (kind === 'tell') state = told(state, Math.min(target, units));
          const { ledger, ...others } = reportingRow(state, zero(state), 'tokens', terms);
          expect(Object.values(others).reduce((sum, part) => sum + part, 0)).toBe(ledger);
          const { late, ...counted } = others;
          expect(Math.min(...Object.values(counted))).toBeGreaterThanOrEqual(0);
          expect(late).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500, seed: jest.getSeed() },
    );
  });
});

describe('late usage costs the difference of two ratings', () => {
  const cost = (price: Price, units: number) =>
    rateMeter('tokens', { name: 'Tokens', unit: 'token', aggregation: 'sum' }, price, units)
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);

  /** Sum of the late items that the next draft holds. */
  const lateMinor = (state: CustomerState) =>
    takeLateItems(state, 1).segments[1]?.items.reduce((sum, item) => sum + item.amountMinor, 0);

  it('for any price, any quantities, also negative ones', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(PER_UNIT, VOLUME, PACKAGE),
        fc.nat(400),
        fc.integer({ min: -100, max: 400 }),
        (price, before, late) => {
          fc.pre(before + late >= 0);
          const closing = uses(ends(uses(priced(price), before)), late);
          // While its own draft is open, what is negative goes there.
          const state = changeSegment(closing, 0, { final: true });
          expect(lateMinor(state)).toBe(cost(price, before + late) - cost(price, before));
          expect(billedUnits(state, zero(state), 'tokens')).toBe(before);
          expect(billedUnitsWithLate(state, zero(state), 'tokens')).toBe(before + late);
        },
      ),
      { numRuns: 300, seed: jest.getSeed() },
    );
  });

  it('is decided once, and once on a draft it is billed', () => {
    const state = uses(ends(uses(priced(PER_UNIT), 150)), 30);
    const taken = takeLateItems(state, 1);
    expect(taken.segments[1]?.items).toEqual([
      {
        name: 'item/null/late/tokens/0',
        ref: 'late/tokens',
        description: 'Tokens: 30 late',
        quantity: 30,
        amountMinor: 15,
        startSeconds: START_MS / 1000,
        endSeconds: Date.UTC(2026, 1, 1) / 1000,
      },
    ]);
    expect(takeLateItems(taken, 1)).toBe(taken);
    expect(takeLateItems(state, 9)).toBe(state);
    const again = takeLateItems(changeSegment(uses(taken, 10), 1, { items: [] }), 1);
    expect(again.segments[1]?.items).toMatchObject([{ quantity: 10, amountMinor: 5 }]);
    expect(zero(again).lateBilled).toEqual({ tokens: { quantity: 40, amountMinor: 20 } });
  });

  it('counts from what Stripe billed where it finalised without us', () => {
    const state = changeSegment(ends(uses(priced(PER_UNIT), 150)), 0, { billed: { tokens: 120 } });
    expect(takeLateItems(state, 1).segments[1]?.items).toMatchObject([
      { quantity: 30, amountMinor: 15 },
    ]);
    expect(sumMinor(usageLines(state, zero(state)))).toBe(10);
  });
});

it('accrues the base and the usage so far', () => {
  const state = uses(priced(PER_UNIT), 250);
  expect(accruedMinor(state, zero(state))).toBe(2900 + 75);
});
