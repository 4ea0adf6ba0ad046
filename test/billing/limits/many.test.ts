import type { LimitContext } from '../../../billing/limits/context.js';
import { judge } from '../../../billing/limits/judge.js';
import { ask, contextFor, NOON_MS, planOf, rowOf, used } from './limited.js';

const USERS = 10_000;

/** Ten thousand users who each were active in the last minute, under two user limits. */
function crowd(): LimitContext {
  const plan = planOf([
    { id: 'free-daily', meters: ['tokens'], max: 10_000, window: 'day', scope: 'user' },
    { id: 'rate', meters: ['requests'], max: 60, window: 'minute', sliding: true, scope: 'user' },
  ]);
  const rows = Array.from({ length: USERS }, (_, index) => {
    const bucket = NOON_MS / 1000 - (index % 12) * 5;
    const more = { user: `user_${index}`, bucket };
    return [
      rowOf('output_tokens', 1200 + (index % 77), more),
      rowOf('requests', 2, { ...more, derived: true, count: 2 }),
    ];
  });
  return used(contextFor(plan), ...rows.flat());
}

describe('ten thousand active users under two limits', () => {
  let context: LimitContext;
  beforeAll(() => {
    context = crowd();
  });

  it('take less than 1 MiB of state', () => {
    expect(JSON.stringify(context.counters).length).toBeLessThan(2 ** 20);
  });

  it('are each decided by their own usage', () => {
    const max = (user: string, output_tokens: number) =>
      judge(context, ask({ output_tokens }, { user }));
    expect(max('user_5', 10_000 - 1205)).toBeNull();
    expect(max('user_5', 10_000 - 1204)?.limits).toMatchObject([{ key: 'user_5', used: 1205 }]);
    expect(max('user_9999', 10_000 - 1266)).toBeNull();
    expect(max('user_9999', 10_000 - 1265)).not.toBeNull();
  });

  // About 5 µs of processor time; the bound is wide, for machines and instruments of all kinds.
  it('cost microseconds a decision', () => {
    const rounds = [1, 2, 3].map(() => {
      const started = process.cpuUsage();
      for (let index = 0; index < 1000; index += 1) {
        judge(context, ask({ output_tokens: 5 }, { user: `user_${(index * 7) % USERS}` }));
      }
      const { user, system } = process.cpuUsage(started);
      return (user + system) / 1000;
    });
    expect(Math.min(...rounds)).toBeLessThan(200);
  });
});
