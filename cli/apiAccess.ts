import { z } from 'zod';
import { CommandFailed } from './commandFailed.js';
import { runningStack } from './runningStack.js';
import { readApiSettings } from './settings.js';

/** How a command reaches the API: like any other program, with a key. */
export interface ApiAccess {
  /** Base URL, no slash at its end. */
  readonly url: string;
  /** A secret key; it decides the mode. */
  readonly key: string;
}

/** Longest wait for one answer: a page of customers is asked of one after the other. */
const ANSWER_MS_MAX = 300_000;

/** What of a refusal people are told. */
const Refusal = z.object({
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ detail: z.string() })).optional(),
});

/** Refusals that say that something is missing here, not that the answer is no. */
const UNUSABLE: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'unavailable']);

/**
 * The API of DURABILL_URL with DURABILL_KEY, else of the embedded stack that runs on the data
 * folder, with its test key. @throws CommandFailed 2 where there is neither.
 */
export async function apiAccess(environment?: NodeJS.ProcessEnv): Promise<ApiAccess> {
  const { dataFolder, url, key } = readApiSettings(environment);
  if (url !== undefined && key !== undefined) return { url, key };
  const stack = await runningStack(dataFolder);
  if (stack) return { url: stack.api, key: stack.key };
  const ways = 'Set DURABILL_URL and DURABILL_KEY, or start one: npx durabill start';
  throw new CommandFailed(`No API: no stack runs on ${dataFolder}. ${ways}`, 2);
}

/**
 * Posts to the API and takes the body of a success as it stands.
 * @throws CommandFailed 1 with what the API refuses it for, 2 when it can't be used.
 */
export async function postToApi(
  { url, key }: ApiAccess,
  path: string,
  body: unknown,
): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  }).catch((error: unknown) => {
    throw new CommandFailed(`The API at ${url} can't be used: ${reasonOf(error)}.`, 2);
  });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  throw refused(url, answer.status, text);
}

/** `fetch` tells why only in the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function refused(url: string, status: number, text: string): CommandFailed {
  const read = Refusal.safeParse(jsonOrNull(text));
  if (!read.success) return new CommandFailed(`The API at ${url} answered ${status}.`, 2);
  const { code, detail, errors = [] } = read.data;
  const details = errors.length > 0 ? errors.map((each) => each.detail) : [detail ?? ''];
  const exitCode = UNUSABLE.has(code) ? 2 : 1;
  return new CommandFailed([`${code}:`, ...details].join('\n  '), exitCode);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
