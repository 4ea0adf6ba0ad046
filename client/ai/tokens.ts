import type { Quantities } from '../bodies.js';

/** Kinds of tokens that exclude one another: each token is of one kind. */
export const TOKEN_KINDS = [
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const;

/** One of them. */
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Tokens by kind; a kind left out is 0. */
export type Tokens = Readonly<Partial<Record<TokenKind, number>>>;

/** The meter of each kind; left out: the meter of the same name. */
export type TokenMeters = Readonly<Partial<Record<TokenKind, string>>>;

/** Usage as version 3 of the AI SDK's model specification gives it. */
export interface ModelUsage {
  readonly inputTokens: {
    readonly total: number | undefined;
    readonly noCache: number | undefined;
    readonly cacheRead: number | undefined;
    readonly cacheWrite: number | undefined;
  };
  readonly outputTokens: {
    readonly total: number | undefined;
    readonly text: number | undefined;
    readonly reasoning: number | undefined;
  };
}

/** A whole number of tokens: what providers send is not ours to trust. */
function whole(value: number | undefined): number {
  if (value === undefined || !Number.isFinite(value)) return 0;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(value)));
}

/**
 * What is left of a total without its parts. A total smaller than its parts does not include
 * them, so nothing is taken off.
 */
function without(total: number | undefined, parts: number): number {
  const all = whole(total);
  return all >= parts ? all - parts : all;
}

/**
 * Tokens by exclusive kind. Where a provider says a kind by itself that number counts; where it
 * gives a total only, the kinds inside are subtracted. Null: it says nothing at all.
 */
export function exclusiveTokens({ inputTokens, outputTokens }: ModelUsage): Tokens | null {
  const numbers = [...Object.values(inputTokens), ...Object.values(outputTokens)];
  if (numbers.every((value) => value === undefined)) return null;
  const read = whole(inputTokens.cacheRead);
  const write = whole(inputTokens.cacheWrite);
  const reasoning = whole(outputTokens.reasoning);
  const { noCache, total } = inputTokens;
  const { text } = outputTokens;
  return {
    input_tokens: noCache === undefined ? without(total, read + write) : whole(noCache),
    cache_read_tokens: read,
    cache_write_tokens: write,
    output_tokens: text === undefined ? without(outputTokens.total, reasoning) : whole(text),
    reasoning_tokens: reasoning,
  };
}

/** Tokens as quantities of meters; kinds that share a meter add up, zeros are left out. */
export function meteredTokens(tokens: Tokens, meters: TokenMeters): Quantities {
  const quantities: Record<string, number> = {};
  for (const kind of TOKEN_KINDS) {
    const count = tokens[kind] ?? 0;
    const meter = meters[kind] ?? kind;
    if (count > 0) quantities[meter] = (quantities[meter] ?? 0) + count;
  }
  return quantities;
}
