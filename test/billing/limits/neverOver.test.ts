import fc from 'fast-check';
import type { Limit } from '../../../billing/catalogue.js';
import type { Hold } from '../../../billing/holds/hold.js';
import type { Asked, LimitContext } from '../../../billing/limits/context.js';
import { addHeld, pruneCounters } from '../../../billing/limits/counting.js';
import { judge } from '../../../billing/limits/judge.js';
import { WINDOW_LENGTH_MS } from '../../../billing/windows/sliding.js';
import {
  ask,
  contextFor,
  holding,
  holdOf,
  NOON_MS,
  NOVEMBER,
  planOf,
  rowOf,
  used,
} from './limited.js';

/** Grants as a naive model keeps them: a list. */
interface Grant {
  readonly hold: Hold;
  readonly units: number;
  readonly atMs: number;
}

interface World {
  readonly context: LimitContext;
  readonly grants: readonly Grant[];
}

/** What may happen, in any order. */
type Step =
  | { readonly do: 'ask'; readonly user: string; readonly input: number; readonly output: number }
  | { readonly do: 'settle'; readonly pick: number; readonly share: number }
  | { readonly do: 'wait'; readonly seconds: number };

const users = fc.constantFrom('a', 'b');

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('ask' as const),
      user: users,
      input: fc.integer({ min: 0, max: 9 }),
      output: fc.integer({ min: 0, max: 9 }),
    }),
    fc.record({
      do: fc.constant('settle' as const),
      pick: fc.nat(20),
      share: fc.integer({ min: 0, max: 4 }),
    }),
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 40 }) }),
  ),
  { maxLength: 80 },
);

function asked({ user, input, output }: Extract<Step, { do: 'ask' }>): Asked {
  return ask({ input_tokens: input, output_tokens: output }, { user });
}

function granting(world: World, step: Extract<Step, { do: 'ask' }>): World {
  const { context, grants } = world;
  const wanted = asked(step);
  const before = JSON.stringify(context);
  const denial = judge(context, wanted);
  expect(JSON.stringify(context)).toBe(before);
  if (denial) return world;
  const hold = holdOf(wanted, { id: `r_${grants.length}`, grantedAtMs: context.nowMs });
  const units = step.input + step.output;
  return {
    context: holding(context, hold),
    grants: [...grants, { hold, units, atMs: context.nowMs }],
  };
}

/** The hold ends; a share of it (in quarters, rounded down) is used. */
function settling(world: World, pick: number, share: number): World {
  const open = world.grants.filter(({ hold }) => hold.epoch === 1);
  const grant = open[pick % Math.max(1, open.length)];
  if (!grant) return world;
  const { context } = world;
  const where = { snapshot: context.snapshot, zone: context.zone, period: NOVEMBER };
  const units = Math.floor((grant.units * share) / 4);
  const row = rowOf('input_tokens', units, {
    user: grant.hold.user ?? undefined,
    bucket: Math.floor(grant.atMs / 5000) * 5,
  });
  const counted = used(context, row);
  const counters = addHeld(counted.counters, where, grant.hold, -1);
  const settled = { ...grant, units, hold: { ...grant.hold, epoch: 0 } };
  return {
    context: { ...context, counters },
    grants: world.grants.map((one) => (one === grant ? settled : one)),
  };
}

function next(world: World, step: Step): World {
  if (step.do === 'ask') return granting(world, step);
  if (step.do === 'settle') return settling(world, step.pick, step.share);
  const nowMs = world.context.nowMs + step.seconds * 1000 + 7;
  const counters = pruneCounters(world.context.counters, nowMs);
  return { ...world, context: { ...world.context, nowMs, counters } };
}

function start(limits: readonly Limit[]): World {
  return { context: contextFor(planOf(limits)), grants: [] };
}

const MAX = 25;

function limit(more: Partial<Limit>): Limit {
  return { id: 'l', meters: ['tokens'], max: MAX, window: 'minute', scope: 'user', ...more };
}

/** Units granted to one user (null: all) from an instant on, up to another. */
function unitsIn(grants: readonly Grant[], user: string | null, fromMs: number, toMs: number) {
  return grants
    .filter(({ hold }) => user === null || hold.user === user)
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .reduce((sum, { units }) => sum + units, 0);
}

describe('whatever the order of asks, settles and time', () => {
  it('no calendar window is ever granted more than its limit', () => {
    const limits = [limit({}), limit({ id: 'all', max: 40, window: 'hour', scope: 'customer' })];
    fc.assert(
      fc.property(steps, (list) => {
        const { grants } = list.reduce(next, start(limits));
        for (const { atMs } of grants) {
          const minute = Math.floor(atMs / 60_000) * 60_000;
          const hour = Math.floor(atMs / 3_600_000) * 3_600_000;
          for (const user of ['a', 'b']) {
            expect(unitsIn(grants, user, minute, minute + 60_000)).toBeLessThanOrEqual(MAX);
          }
          expect(unitsIn(grants, null, hour, hour + 3_600_000)).toBeLessThanOrEqual(40);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('no stretch of a sliding window’s length is ever granted more than its limit', () => {
    const length = WINDOW_LENGTH_MS.minute;
    fc.assert(
      fc.property(steps, (list) => {
        const { grants } = list.reduce(next, start([limit({ sliding: true })]));
        for (const { atMs } of grants) {
          for (const user of ['a', 'b']) {
            expect(unitsIn(grants, user, atMs, atMs + length)).toBeLessThanOrEqual(MAX);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('an ask runs exactly when the list says it fits, also under two limits', () => {
    const all = limit({ id: 'all', max: 40, window: 'day', scope: 'customer' });
    const limits = [limit({ window: 'day' }), all];
    fc.assert(
      fc.property(steps, (list) => {
        let world = start(limits);
        for (const step of list) {
          if (step.do === 'ask') {
            const wanted = step.input + step.output;
            const own = unitsIn(world.grants, step.user, 0, Infinity) + wanted <= MAX;
            const shared = unitsIn(world.grants, null, 0, Infinity) + wanted <= 40;
            const denial = judge(world.context, asked(step));
            expect(denial === null).toBe(wanted === 0 || (own && shared));
          }
          world = next(world, step);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a sliding limit refuses at most one bucket longer than it must', () => {
    const all = { do: 'ask', user: 'a', input: MAX, output: 0 } as const;
    const world = granting(start([limit({ sliding: true })]), all);
    const one = ask({ input_tokens: 1 }, { user: 'a' });
    const at = (ms: number) => judge({ ...world.context, nowMs: NOON_MS + ms }, one);
    expect(at(60_000)).not.toBeNull();
    expect(at(65_000)).toBeNull();
  });
});
