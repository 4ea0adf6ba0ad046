import type { CallParams } from './callTypes.js';
import type { Tokens } from './tokens.js';

/** Guesses of token counts where nobody has counted yet. */

/** English text has about four characters a token; other scripts have fewer. */
const CHARACTERS_PER_TOKEN = 4;

/** An image or a file, whatever it holds. */
const FILE_TOKENS = 1_000;

function charactersOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return value === undefined ? 0 : JSON.stringify(value).length;
}

/** About how many tokens that many characters are, rounded up. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** About how many tokens a prompt is, its tools included. */
export function promptTokens({ prompt, tools }: Pick<CallParams, 'prompt' | 'tools'>): number {
  let characters = charactersOf(tools);
  let files = 0;
  for (const { content } of prompt) {
    if (typeof content === 'string') {
      characters += content.length;
      continue;
    }
    for (const part of content) {
      if (part.type === 'file') files += 1;
      else characters += charactersOf('text' in part ? part.text : part);
    }
  }
  return tokensOf(characters) + files * FILE_TOKENS;
}

/** What a call may use at most: its prompt, and all the output it may give. */
export function estimatedTokens(params: CallParams, outputTokens: number): Tokens {
  const output_tokens = params.maxOutputTokens ?? outputTokens;
  return { input_tokens: promptTokens(params), output_tokens };
}
