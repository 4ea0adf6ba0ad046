import type { Limit } from '../../../billing/catalogue.js';
import { NO_CONTROLS } from '../../../billing/controls.js';
import { estimate } from '../../../billing/limits/estimate.js';
import { judge } from '../../../billing/limits/judge.js';
import { standingsOf } from '../../../billing/limits/standings.js';
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

const LIMITS: readonly Limit[] = [
  { id: 'tokens-period', meters: ['tokens'], max: 20_000_000, window: 'period', scope: 'customer' },
  { id: 'tokens-user', meters: ['tokens'], max: 200_000, window: 'day', scope: 'user' },
  { id: 'large-team', meters: ['large'], max: 100, window: 'day', scope: 'property:team' },
  {
    id: 'ever',
    meters: ['images'],
    max: 5,
    window: 'lifetime',
    scope: 'user',
    enforcement: 'soft',
  },
];

describe('standings', () => {
  const plan = planOf(LIMITS);
  const context = holding(
    used(contextFor(plan), rowOf('input_tokens', 1200)),
    holdOf(ask({ input_tokens: 300 })),
  );

  it('show the customer’s own limits as the contract has them', () => {
    expect(standingsOf(context)).toEqual([
      {
        id: 'tokens-period',
        scope: 'customer',
        key: null,
        max: 20_000_000,
        used: 1200,
        held: 300,
        remaining: 19_998_500,
        enforcement: 'hard',
        resetsAtMs: NOVEMBER.endMs,
      },
    ]);
  });

  it('show those of a user and of property values when asked', () => {
    const ids = (of: Parameters<typeof standingsOf>[1]) =>
      standingsOf(context, of).map(({ id, key }) => [id, key]);
    expect(ids({ user: 'u_1' })).toEqual([
      ['tokens-period', null],
      ['tokens-user', 'u_1'],
      ['ever', 'u_1'],
    ]);
    expect(ids({ user: null, properties: { team: 'red' } })).toEqual([
      ['tokens-period', null],
      ['tokens-user', null],
      ['large-team', 'red'],
      ['ever', null],
    ]);
    expect(ids({ properties: {} })).toEqual([
      ['tokens-period', null],
      ['large-team', null],
    ]);
  });

  it('never reset a lifetime, and show soft limits with the controls’ ceiling', () => {
    const controls = { ...NO_CONTROLS, limits: { ever: 9 } };
    const ever = standingsOf({ ...context, controls }, { user: 'u_1' }).at(-1);
    expect(ever).toMatchObject({ max: 9, remaining: 9, enforcement: 'soft', resetsAtMs: null });
  });

  it('of a calendar window reset at its end, used or not', () => {
    const [, user] = standingsOf(contextFor(plan), { user: 'u_1' });
    expect(user).toMatchObject({ used: 0, resetsAtMs: Date.UTC(2026, 10, 11) });
  });

  it('say no end of a period that is not there', () => {
    const [standing] = standingsOf({ ...context, period: null });
    expect(standing).toMatchObject({ used: 0, resetsAtMs: null });
  });

  it('of a sliding limit reset when its oldest use leaves, at once without use', () => {
    const sliding = planOf([{ ...LIMITS[1], window: 'hour', sliding: true } as Limit]);
    const bucket = NOON_MS / 1000;
    const slid = used(
      contextFor(sliding),
      rowOf('input_tokens', 5, { bucket }),
      rowOf('input_tokens', 5, { bucket: bucket - 600 }),
    );
    expect(standingsOf(slid, { user: 'u_1' })[0]?.resetsAtMs).toBe(NOON_MS + 55 * 60_000);
    expect(standingsOf(contextFor(sliding), { user: 'u_1' })[0]?.resetsAtMs).toBe(NOON_MS);
  });
});

describe('a sliding limit', () => {
  const plan = planOf(
    [{ id: 'rate', meters: ['requests'], max: 3, window: 'minute', sliding: true, scope: 'user' }],
    { unlimited: ['tokens', 'images'] },
  );
  const zone = { name: 'Asia/Tokyo', offsets: [[0, 540]] as const };
  const at = (secondsAgo: number, count: number) =>
    rowOf('requests', count, { derived: true, count, bucket: NOON_MS / 1000 - secondsAgo });
  const context = used(contextFor(plan, { zone }), at(50, 1), at(20, 2));

  it('is rate_limited until enough of its buckets have left for the ask', () => {
    const plainAsk = ask({ images: 0, input_tokens: 0 });
    const denial = judge(context, plainAsk);
    const leavesMs = NOON_MS - 50_000 + 5_000 + 60_000;
    expect(denial).toMatchObject({
      code: 'rate_limited',
      retryable: true,
      action: 'wait',
      retryAtMs: leavesMs,
      limits: [{ resetsAtMs: leavesMs }],
      message: 'You have used the 3 requests allowed in any minute. More at 21:00:15 (Asia/Tokyo).',
    });
    expect(judge({ ...context, nowMs: leavesMs - 1 }, plainAsk)?.code).toBe('rate_limited');
    expect(judge({ ...context, nowMs: leavesMs }, plainAsk)).toBeNull();
    const two = ask({ requests: 2, input_tokens: 0 }, { kind: 'lease' });
    expect(judge(context, two)?.retryAtMs).toBe(NOON_MS - 20_000 + 5_000 + 60_000);
    const four = ask({ requests: 4, input_tokens: 0 }, { kind: 'lease' });
    expect(judge(context, four)).toMatchObject({ retryAtMs: null, limits: [{ resetsAtMs: null }] });
  });
});

describe('a sliding limit with holds', () => {
  const plan = planOf([
    { id: 't', meters: ['tokens'], max: 10, window: 'minute', sliding: true, scope: 'user' },
  ]);

  it('fits again when what holds keep has left, too', () => {
    const bucket = NOON_MS / 1000 - 30;
    const counted = used(contextFor(plan), rowOf('input_tokens', 9, { bucket }));
    const context = holding(counted, holdOf(ask({ input_tokens: 1 })));
    expect(judge(context, ask({ input_tokens: 9 }))?.retryAtMs).toBe(NOON_MS + 35_000);
    expect(judge(context, ask({ input_tokens: 10 }))?.retryAtMs).toBe(NOON_MS + 65_000);
  });
});

describe('words of a denial', () => {
  const message = (limit: Partial<Limit>, more = {}, asked = {}) => {
    const plan = planOf([{ ...LIMITS[1], max: 2, ...limit } as Limit]);
    const context = used(contextFor(plan, more), rowOf('input_tokens', 2));
    const denial = judge(context, ask({ input_tokens: 1 }, asked));
    return [denial?.message, denial?.detail.split(';')[0]];
  };

  it('name window, owner and time', () => {
    expect(message({ window: 'hour' })).toEqual([
      "You have used this hour's 2 tokens. More at 13:00 UTC.",
      'tokens-user allows 2 tokens an hour for user u_1',
    ]);
    expect(message({ window: 'week' })).toEqual([
      "You have used this week's 2 tokens. More on 16 November at 00:00 UTC.",
      'tokens-user allows 2 tokens a week for user u_1',
    ]);
    expect(message({ window: 'period' })).toEqual([
      "You have used this period's 2 tokens. More on 1 December at 00:00 UTC.",
      'tokens-user allows 2 tokens a period for user u_1',
    ]);
    expect(message({ window: 'lifetime' })).toEqual([
      'You have used all 2 tokens.',
      'tokens-user allows 2 tokens in all for user u_1',
    ]);
    expect(message({ window: 'month', scope: 'customer' })).toEqual([
      "Your account has used this month's 2 tokens. More on 1 December at 00:00 UTC.",
      'tokens-user allows 2 tokens a month',
    ]);
    expect(message({ window: 'day', sliding: true })).toEqual([
      'You have used the 2 tokens allowed in any 24 hours. More on 11 November at 13:00 UTC.',
      'tokens-user allows 2 tokens in any 24 hours for user u_1',
    ]);
    expect(message({ window: 'hour', sliding: true })[1]).toContain('2 tokens in any hour');
  });

  it('name a team, and nobody where there is none', () => {
    const team = { scope: 'property:team' } as const;
    const plan = planOf([{ ...LIMITS[1], max: 2, ...team } as Limit]);
    const red = rowOf('input_tokens', 2, { properties: { team: 'red' } });
    const context = used(contextFor(plan), red, rowOf('input_tokens', 2));
    const of = (properties: Record<string, string>) =>
      judge(context, ask({ input_tokens: 1 }, { properties }));
    expect(of({ team: 'red' })?.message).toMatch(/^Your team has used today's 2 tokens\./);
    expect(of({ team: 'red' })?.detail).toContain('a day for team red;');
    expect(of({})?.message).toMatch(/^You have used/);
    expect(of({})?.detail).toContain('a day for usage without a team;');
  });

  it('tell time on the customer’s clock, but the end of a period in UTC', () => {
    const zone = { name: 'Asia/Tokyo', offsets: [[0, 540]] as const };
    expect(message({}, { zone })[0]).toMatch(/More at 00:00 \(Asia\/Tokyo\)\.$/);
    expect(message({ window: 'period' }, { zone })[0]).toMatch(/1 December at 00:00 UTC\.$/);
  });

  it('say units where meters of a limit have several', () => {
    expect(message({ meters: ['tokens', 'images'] })[1]).toContain('allows 2 units a day');
    expect(message({ meters: ['input_tokens', 'output_tokens'] })[1]).toContain('2 tokens a day');
  });
});

describe('an estimate', () => {
  const prices = { images: { type: 'package', size: 10, packageAmountMinor: '100' } } as const;
  const context = used(contextFor(planOf([], { prices })), rowOf('images', 9));

  it('is the exact cost on top of usage and holds', () => {
    expect(estimate(context, ask({ images: 1 }))).toEqual({ amountMinor: '0', credits: '0' });
    expect(estimate(context, ask({ images: 2 })).amountMinor).toBe('100');
    const held = holding(context, holdOf(ask({ images: 1 })));
    expect(estimate(held, ask({ images: 1 })).amountMinor).toBe('100');
  });

  it('is not rounded, and what nothing is billed for costs nothing', () => {
    const plan = planOf([], { prices: { images: { type: 'perUnit', unitAmountMinor: '0.25' } } });
    expect(estimate(contextFor(plan), ask({ images: 1 })).amountMinor).toBe('0.25');
    const trial = contextFor(plan, { status: 'trialing' });
    expect(estimate(trial, ask({ images: 1 })).amountMinor).toBe('0');
    expect(estimate(contextFor(planOf([])), ask({ images: 1 })).amountMinor).toBe('0');
  });

  it('falls where a volume price falls', () => {
    const tiers = [
      { upTo: 9, unitAmountMinor: '2' },
      { upTo: 'inf', unitAmountMinor: '1' },
    ] as const;
    const volume = planOf([], { prices: { images: { type: 'volume', tiers } } });
    const before = used(contextFor(volume), rowOf('images', 9));
    expect(estimate(before, ask({ images: 1 })).amountMinor).toBe('-8');
  });
});

it('a customer without a period has used nothing in it yet', () => {
  const [standing] = standingsOf(contextFor(planOf(LIMITS), { period: null }));
  expect(standing).toMatchObject({ used: 0, held: 0, remaining: 20_000_000, resetsAtMs: null });
});
