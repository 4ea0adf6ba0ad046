import { NO_CONTROLS } from '../../../billing/controls.js';
import { judge } from '../../../billing/limits/judge.js';
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

const DAILY = planOf([
  { id: 'tokens-user', meters: ['tokens'], max: 200_000, window: 'day', scope: 'user' },
]);

const MIDNIGHT_MS = Date.UTC(2026, 10, 11);

describe('a limit in units', () => {
  const almost = used(contextFor(DAILY), rowOf('input_tokens', 199_950));

  it('answers as the contract shows it, for operator and end user', () => {
    expect(judge(almost, ask({ output_tokens: 100 }))).toEqual({
      code: 'limit_reached',
      retryable: false,
      detail:
        'tokens-user allows 200000 tokens a day for user u_1; ' +
        '199950 are used and 0 held, 100 were asked for.',
      message: "You have used today's 200,000 tokens. More at 00:00 UTC.",
      action: 'wait',
      limits: [
        {
          id: 'tokens-user',
          scope: 'user',
          key: 'u_1',
          max: 200_000,
          used: 199_950,
          held: 0,
          remaining: 50,
          enforcement: 'hard',
          resetsAtMs: MIDNIGHT_MS,
        },
      ],
      retryAtMs: MIDNIGHT_MS,
    });
  });

  it('takes the last unit and not one more', () => {
    expect(judge(almost, ask({ output_tokens: 50 }))).toBeNull();
    expect(judge(almost, ask({ output_tokens: 51 }))?.code).toBe('limit_reached');
  });

  it('adds up the meters of one ask', () => {
    expect(judge(almost, ask({ input_tokens: 25, output_tokens: 25 }))).toBeNull();
    expect(judge(almost, ask({ input_tokens: 25, output_tokens: 26 }))).not.toBeNull();
  });

  it('keeps users apart, and usage without a user from one called null', () => {
    const nobody = used(contextFor(DAILY), rowOf('input_tokens', 200_000, { user: undefined }));
    expect(judge(almost, ask({ output_tokens: 100 }, { user: 'u_2' }))).toBeNull();
    expect(judge(nobody, ask({ output_tokens: 1 }, { user: 'null' }))).toBeNull();
    const denial = judge(nobody, ask({ output_tokens: 1 }, { user: null }));
    expect(denial?.detail).toContain('a day for usage without a user; 200000 are used');
    expect(denial?.limits[0]?.key).toBeNull();
  });

  it('lets an ask of nothing run even where all is used', () => {
    const full = used(contextFor(DAILY), rowOf('input_tokens', 300_000));
    expect(judge(full, ask({ input_tokens: 0 }))).toBeNull();
    expect(judge(full, ask({ input_tokens: 1 }))?.limits[0]?.remaining).toBe(0);
  });

  it('starts again with the next day', () => {
    const tomorrow = { ...almost, nowMs: MIDNIGHT_MS };
    expect(judge({ ...almost, nowMs: MIDNIGHT_MS - 1 }, ask({ input_tokens: 51 }))).not.toBeNull();
    expect(judge(tomorrow, ask({ input_tokens: 200_000 }))).toBeNull();
  });

  it('says so when an ask can never fit, instead of sending people to wait', () => {
    const denial = judge(contextFor(DAILY), ask({ input_tokens: 200_001 }));
    expect(denial).toMatchObject({ code: 'limit_reached', retryAtMs: null, action: 'upgrade' });
    expect(denial?.message).toBe('This needs more than the 200,000 tokens a day that are allowed.');
  });

  it('never denies what is over a soft limit', () => {
    const soft = planOf([
      { id: 's', meters: ['tokens'], max: 1, window: 'day', scope: 'user', enforcement: 'soft' },
    ]);
    expect(judge(contextFor(soft), ask({ input_tokens: 5 }))).toBeNull();
  });

  it('is not changed by a denial', () => {
    const before = JSON.stringify(almost);
    judge(almost, ask({ output_tokens: 100 }));
    expect(JSON.stringify(almost)).toBe(before);
  });
});

describe('open holds', () => {
  const held = holding(
    used(contextFor(DAILY), rowOf('input_tokens', 100_000)),
    holdOf(ask({ output_tokens: 60_000 })),
  );

  it('count like usage', () => {
    expect(judge(held, ask({ input_tokens: 40_000 }))).toBeNull();
    expect(judge(held, ask({ input_tokens: 40_001 }))).not.toBeNull();
  });

  it('are the reason, retryable, where used and asked alone would fit', () => {
    const denial = judge(held, ask({ input_tokens: 100_000 }));
    expect(denial).toMatchObject({
      code: 'held_by_concurrent_requests',
      retryable: true,
      action: 'wait',
      retryAtMs: null,
      limits: [{ used: 100_000, held: 60_000, remaining: 40_000 }],
    });
    expect(denial?.message).toMatch(/requests that are still running/);
    expect(denial?.detail).toContain('100000 are used and 60000 held, 100000 were asked for.');
  });

  it('are not the reason where the ask would not fit without them', () => {
    expect(judge(held, ask({ input_tokens: 100_001 }))?.code).toBe('limit_reached');
  });
});

describe('several limits at once', () => {
  const plan = planOf([
    { id: 'day', meters: ['tokens'], max: 100, window: 'day', scope: 'user' },
    { id: 'rate', meters: ['requests'], max: 1, window: 'minute', scope: 'user' },
    { id: 'month', meters: ['tokens'], max: 100, window: 'month', scope: 'customer' },
    { id: 'wide', meters: ['tokens'], max: 1000, window: 'month', scope: 'customer' },
  ]);
  const full = used(
    contextFor(plan),
    rowOf('input_tokens', 100),
    rowOf('requests', 1, { derived: true }),
  );

  it('answer with the first code and list every limit that refused', () => {
    const denial = judge(full, ask({ input_tokens: 1 }));
    expect(denial?.code).toBe('limit_reached');
    expect(denial?.limits.map(({ id }) => id)).toEqual(['day', 'rate', 'month']);
  });

  it('tell of the one that lasts longest', () => {
    const denial = judge(full, ask({ input_tokens: 1 }));
    expect(denial?.retryAtMs).toBe(NOVEMBER.endMs);
    expect(denial?.message).toBe(
      "Your account has used this month's 100 tokens. More on 1 December at 00:00 UTC.",
    );
    expect(denial?.detail).toContain('rate allows 1 request a minute for user u_1; 1 are used');
  });

  it('say of each what it holds, where only holds stand in the way', () => {
    const held = holding(contextFor(plan), holdOf(ask({ input_tokens: 100 })));
    const denial = judge(held, ask({ input_tokens: 1 }));
    expect(denial?.code).toBe('held_by_concurrent_requests');
    expect(denial?.detail).toBe(
      'day allows 100 tokens a day for user u_1; 0 are used and 100 held, 1 were asked for. ' +
        'rate allows 1 request a minute for user u_1; 0 are used and 1 held, 1 were asked for. ' +
        'month allows 100 tokens a month; 0 are used and 100 held, 1 were asked for.',
    );
  });

  it('answer rate_limited, retryable, where only the rate refuses', () => {
    const denial = judge(full, ask({ input_tokens: 0 }));
    expect(denial).toMatchObject({ code: 'rate_limited', retryable: true, action: 'wait' });
    expect(denial?.retryAtMs).toBe(NOON_MS + 60_000);
    expect(denial?.message).toBe("You have used this minute's 1 request. More at 12:01 UTC.");
  });
});

describe('controls', () => {
  const controls = {
    ...NO_CONTROLS,
    limits: { 'tokens-user': 50 },
    ceilings: { 'tokens-user': { '=vip': 500 } },
  };
  const context = contextFor(DAILY, { controls });

  it('go before the plan, and an own ceiling before both', () => {
    expect(judge(context, ask({ input_tokens: 51 }))?.limits[0]?.max).toBe(50);
    expect(judge(context, ask({ input_tokens: 50 }))).toBeNull();
    expect(judge(context, ask({ input_tokens: 500 }, { user: 'vip' }))).toBeNull();
    expect(judge(context, ask({ input_tokens: 501 }, { user: 'vip' }))?.limits[0]?.max).toBe(500);
  });

  it('point to the operator where an ask can never fit under them', () => {
    expect(judge(context, ask({ input_tokens: 51 }))?.action).toBe('raiseLimit');
  });

  it('are looked up by what was set, not by what every object has', () => {
    const odd = planOf([
      { id: 'constructor', meters: ['tokens'], max: 9, window: 'day', scope: 'user' },
    ]);
    expect(judge(contextFor(odd), ask({ input_tokens: 9 }))).toBeNull();
    expect(judge(contextFor(odd), ask({ input_tokens: 10 }))?.limits[0]?.max).toBe(9);
  });
});

it('a refusal by credits or by the kill switch names no limit', () => {
  const price = { type: 'perUnit', unitAmountMinor: '1' } as const;
  const sold = contextFor(planOf([], { prices: { images: price } }));
  const blocked = { ...sold, controls: { ...NO_CONTROLS, overage: 'block' as const } };
  const granted = contextFor(planOf([], { creditGrant: { amount: '1' } }));
  for (const context of [blocked, granted]) {
    // An equality that is not strict takes [undefined] for [].
    expect(judge(context, ask({ images: 1 }))?.limits).toStrictEqual([]);
  }
});
