import * as fc from 'fast-check';
import { periodBounds } from '../../../billing/period.js';
import { bill, type Bill, happenings, type Happening, JANUARY_31 } from './bills.js';

/** Runs of each law. The seed stands in the message of a run that fails. */
const RUNS = { numRuns: 200 };

const PLANS = ['pro', 'bulk', 'prepaid'] as const;

const shuffled = <Item>(items: readonly Item[]) => {
  return fc.shuffledSubarray([...items], { minLength: items.length });
};

describe.each(PLANS)('what events cost on the plan %s', (plan) => {
  it('is the same in every order and however they are grouped', () => {
    const cases = happenings(3).chain((events) =>
      fc.tuple(fc.constant(events), shuffled(events), fc.integer({ min: 1, max: 9 })),
    );
    fc.assert(
      fc.property(cases, ([events, others, size]) => {
        expect(bill(plan, others, { size })).toEqual(bill(plan, events));
      }),
      RUNS,
    );
  });

  it('is the same when events are sent again', () => {
    const cases = happenings(3).chain((events) =>
      fc.tuple(fc.constant(events), fc.subarray([...events])),
    );
    fc.assert(
      fc.property(cases, ([events, again]) => {
        expect(bill(plan, [...events, ...again])).toEqual(bill(plan, events));
      }),
      RUNS,
    );
  });

  it('is the same for later periods when events come whole periods later', () => {
    fc.assert(
      fc.property(happenings(1), fc.integer({ min: 1, max: 14 }), (events, periods) => {
        const shifted = bill(plan, events.map((event) => later(plan, event, periods)));
        const expected = Object.entries(bill(plan, events));
        expect(shifted).toEqual(
          Object.fromEntries(expected.map(([index, lines]) => [Number(index) + periods, lines])),
        );
      }),
      RUNS,
    );
  });
});

/** The same time of the period, some periods on. */
function later(plan: (typeof PLANS)[number], event: Happening, periods: number): Happening {
  const interval = plan === 'pro' ? 'month' : 'day';
  const { startMs } = periodBounds(JANUARY_31, interval, periods);
  return { ...event, afterMs: startMs - JANUARY_31 + event.afterMs };
}

/** Sum and credit meters alone: splitting an event makes two of a `count`. */
function sums({ quantities, ...event }: Happening): Happening {
  const { input = 0, output = 0, images = 0 } = quantities;
  return { ...event, quantities: { input, output, images } };
}

function half({ quantities, id, ...event }: Happening, share: number): readonly Happening[] {
  const parts = Object.entries(quantities).map(([meter, units]) => {
    const first = Math.floor((units * share) / 100);
    return [meter, first, units - first] as const;
  });
  const first = Object.fromEntries(parts.map(([meter, units]) => [meter, units]));
  const second = Object.fromEntries(parts.map(([meter, , units]) => [meter, units]));
  return [
    { ...event, id: `${id}-a`, quantities: first },
    { ...event, id: `${id}-b`, quantities: second },
  ];
}

describe('events of sums', () => {
  it.each(PLANS)('cost the same split in two, or merged, on %s', (plan) => {
    const events = happenings(3).map((list) => list.map(sums));
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 100 }), (list, share) => {
        const split = list.flatMap((event) => half(event, share));
        expect(bill(plan, split)).toEqual(bill(plan, list));
      }),
      RUNS,
    );
  });

  it('cost for one meter what they cost without all others', () => {
    fc.assert(
      fc.property(happenings(40), (events) => {
        const all = bill('pro', events);
        const images = events.flatMap(({ quantities, ...event }) => {
          const { images: units } = quantities;
          return units === undefined ? [] : [{ ...event, quantities: { images: units } }];
        });
        expect(only(all, 'images')).toEqual(only(bill('pro', images), 'images'));
      }),
      RUNS,
    );
  });
});

function only(bills: Bill, meter: string): Bill {
  const kept = Object.entries(bills).map(([index, lines]) => {
    return [index, lines.filter((line) => line.meter === meter)] as const;
  });
  return Object.fromEntries(kept.filter(([, lines]) => lines.length > 0));
}

it('a day of a month-end plan is as long as any other: nothing drifts', () => {
  const event = { id: 'e', user: null, model: null, quantities: { input: 150 } };
  const bills = [0, 1, 2, 3].map((n) => {
    const { startMs } = periodBounds(JANUARY_31, 'month', n);
    const before = { ...event, id: 'b', afterMs: startMs - JANUARY_31 - 1 };
    const at = { ...event, id: 'a', afterMs: startMs - JANUARY_31 };
    const periods = Object.keys(bill('pro', n === 0 ? [at] : [before, at]));
    return periods.map(Number);
  });
  expect(bills).toEqual([[0], [0, 1], [1, 2], [2, 3]]);
  expect(new Date(periodBounds(JANUARY_31, 'month', 2).startMs).getUTCDate()).toBe(31);
});
