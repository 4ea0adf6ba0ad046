import { keysToLookAt } from '../../../billing/alerts/keys.js';
import type { Limit, Plan } from '../../../billing/catalogue.js';
import { contextOf } from '../../../billing/limits/contextOf.js';
import { rulebookOf } from '../../../billing/limits/rulebook.js';
import type { SumRow } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { MINUTE_MS } from '../../../billing/period.js';
import { row } from '../forecast/world.js';
import { alerted, counted, limit, NOW_MS, tokens } from './world.js';

/** Who is looked at closely: all that can matter, and not every user of a customer. */

const PERCENT = 80;

function lookedAt(state: CustomerState): string[] {
  const context = contextOf(state, NOW_MS);
  const [rule] = rulebookOf(context.snapshot).limits;
  if (!rule) throw new Error('no limit');
  return keysToLookAt(context, rule, PERCENT);
}

function users(change: Partial<Limit>, rows: readonly SumRow[], more: Partial<Plan> = {}) {
  return counted(alerted({ limits: [limit({ scope: 'user', ...change })], ...more }), ...rows);
}

describe('keys of a limit', () => {
  it('of the customer are one, whatever is used', () => {
    expect(lookedAt(alerted({ limits: [limit()] }))).toEqual(['null']);
  });

  it('are those that come near a percentage of the ceiling, in order of name', () => {
    const rows = [tokens(900, 'b'), tokens(798, 'far'), tokens(800, 'a'), tokens(1, 'c')];
    expect(lookedAt(users({}, rows))).toEqual(['=a', '=b']);
  });

  it('in credits too, which are counted in millionths', () => {
    // Half a credit a token: 200 tokens are 100 of 1,000 credits.
    const paying = { prices: { credits: { type: 'perUnit' as const, unitAmountMinor: '1' } } };
    const rows = [tokens(1_600, 'near'), tokens(200, 'far')];
    const inCredits = rows.map((each) => ({ ...each, meter: 'tokens' }));
    expect(lookedAt(users({ meters: ['credits'] }, inCredits, paying))).toEqual(['=near']);
  });

  it('are measured by the lowest ceiling that anyone has', () => {
    const state = users({}, [tokens(90, 'a'), tokens(70, 'b')]);
    const own = { ...state.controls, ceilings: { cap: { '=a': 100 } } };
    expect(lookedAt({ ...state, controls: own })).toEqual(['=a']);
    const all = { ...state.controls, limits: { cap: 80 } };
    expect(lookedAt({ ...state, controls: all })).toEqual(['=a', '=b']);
  });

  it('are none before anything is counted, nor where no period is open', () => {
    const state = users({}, []);
    expect(lookedAt(state)).toStrictEqual([]);
    expect(lookedAt({ ...state, segments: [] })).toStrictEqual([]);
  });

  it('are found once for what is used and a ceiling, however often holds come and go', () => {
    const state = users({}, [tokens(900, 'a'), tokens(500, 'b')]);
    const found = lookedAt(state);
    // A hold makes the bucket another one, and leaves what is used in it as it is.
    const buckets = Object.entries(state.counters).map(
      ([key, counter]) => [key, counter.map((bucket) => ({ ...bucket }))] as const,
    );
    const holding = { ...state, counters: Object.fromEntries(buckets) };
    expect(lookedAt(holding)).toBe(found);
    const lower = { ...holding.controls, limits: { cap: 600 } };
    expect(lookedAt({ ...holding, controls: lower })).toStrictEqual(['=a', '=b']);
    expect(lookedAt(counted(holding, tokens(800, 'c')))).toStrictEqual(['=a', '=c']);
  });

  it('in money are all of them: few units can cost much', () => {
    const costly = { prices: { tokens: { type: 'perUnit' as const, unitAmountMinor: '100' } } };
    const cap = { max: undefined, maxAmountMinor: 1000 };
    expect(lookedAt(users(cap, [tokens(9, 'a'), tokens(1, 'b')], costly))).toEqual(['=a', '=b']);
  });

  it('of a sliding window are those of all its parts, each once', () => {
    const parts = [row(NOW_MS - 5 * MINUTE_MS, 1, { user: 'b' }), tokens(1, 'b'), tokens(1, 'a')];
    const sliding = { window: 'hour' as const, sliding: true, enforcement: 'soft' as const };
    expect(lookedAt(users(sliding, parts))).toEqual(['=a', '=b']);
  });
});
