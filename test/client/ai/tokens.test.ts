import { exclusiveTokens, meteredTokens, type ModelUsage } from '../../../client/ai/tokens.js';

/** Token kinds exclude one another, however a provider counts. */

type Input = Partial<ModelUsage['inputTokens']>;
type Output = Partial<ModelUsage['outputTokens']>;

function usage(input: Input, output: Output): ModelUsage {
  const inputTokens = {
    total: undefined,
    noCache: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
    ...input,
  };
  const outputTokens = { total: undefined, text: undefined, reasoning: undefined, ...output };
  return { inputTokens, outputTokens };
}

const CASES: readonly (readonly [string, Input, Output, readonly number[]])[] = [
  ['totals alone', { total: 100 }, { total: 50 }, [100, 0, 0, 50, 0]],
  [
    'totals that include the kinds inside',
    { total: 100, cacheRead: 30, cacheWrite: 20 },
    { total: 50, reasoning: 40 },
    [50, 30, 20, 10, 40],
  ],
  [
    'kinds said by themselves',
    { total: 100, noCache: 50, cacheRead: 30, cacheWrite: 20 },
    { total: 50, text: 10, reasoning: 40 },
    [50, 30, 20, 10, 40],
  ],
  [
    'totals that leave the kinds out',
    { total: 10, cacheRead: 30, cacheWrite: 20 },
    { total: 5, reasoning: 40 },
    [10, 30, 20, 5, 40],
  ],
  [
    'all from the cache, all reasoning',
    { total: 30, cacheRead: 30 },
    { total: 40, reasoning: 40 },
    [0, 30, 0, 0, 40],
  ],
  ['output alone', {}, { total: 7 }, [0, 0, 0, 7, 0]],
  [
    'numbers that are none',
    { total: Number.NaN, cacheRead: -4 },
    { total: 6.6, reasoning: Infinity },
    [0, 0, 0, 7, 0],
  ],
];

test.each(CASES)('%s', (_, input, output, expected) => {
  expect(Object.values(exclusiveTokens(usage(input, output)) ?? {})).toEqual(expected);
});

test('a provider that says nothing is not one that says zero', () => {
  expect(exclusiveTokens(usage({}, {}))).toBeNull();
  expect(exclusiveTokens(usage({ total: 0 }, { total: 0 }))).not.toBeNull();
});

test('kinds that share a meter add up, so no token is lost or counted twice', () => {
  const tokens = exclusiveTokens(
    usage({ total: 100, cacheRead: 30, cacheWrite: 20 }, { total: 50, reasoning: 40 }),
  );
  const meters = {
    cache_read_tokens: 'input_tokens',
    cache_write_tokens: 'input_tokens',
    reasoning_tokens: 'output_tokens',
  };
  expect(meteredTokens(tokens ?? {}, meters)).toEqual({ input_tokens: 100, output_tokens: 50 });
  expect(meteredTokens({ input_tokens: 1 }, {})).toEqual({ input_tokens: 1 });
});
