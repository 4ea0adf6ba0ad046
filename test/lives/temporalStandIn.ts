import { ActivityFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityOptions } from '@temporalio/workflow';
import type { SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import { activityRetries } from './activityRetries.js';

/**
 * What the workflow's code imports of Temporal, over timers of the process: the very same code
 * runs here, a year in a fraction of a second. One workflow at a time.
 */

type Named = { readonly type: 'signal' | 'query' | 'update'; readonly name: string };
type Handler = (...given: never[]) => unknown;
type Act = (input: never) => Promise<unknown>;

/** One run of one workflow, from its start or from where the run before left off. */
export interface Run {
  readonly runId: string;
  /** Grows with each activity: what Temporal would count as history. */
  historyLength: number;
  readonly handlers: Map<string, Handler>;
  readonly blocked: Set<{ readonly test: () => boolean; readonly go: () => void }>;
  readonly attributes: Map<string, unknown>;
  readonly acts: Readonly<Record<string, Act>>;
  /** Attempts that are under way. */
  underWay: number;
  /** Warnings of the workflow, newest last. */
  readonly warnings: string[];
}

let current: Run | null = null;

/** Makes a run the one whose workflow code is called from now on. */
export function enter(run: Run): void {
  current = run;
}

function here(): Run {
  if (!current) throw new Error('no workflow runs');
  return current;
}

/** Lets every wait go on whose condition holds now. False: there was none. */
export function goOn(run: Run): boolean {
  const ready = [...run.blocked].filter(({ test }) => test());
  for (const wait of ready) {
    run.blocked.delete(wait);
    wait.go();
  }
  return ready.length > 0;
}

/** Thrown out of a run that wants to continue as a new one. */
export class ContinuedAsNew extends Error {
  constructor(readonly input: unknown) {
    super('continued as new');
  }
}

/** Names a signal. */
export const defineSignal = (name: string): Named => ({ type: 'signal', name });
/** Names a query. */
export const defineQuery = (name: string): Named => ({ type: 'query', name });
/** Names an update; nobody sends one here. */
export const defineUpdate = (name: string): Named => ({ type: 'update', name });

/** Keeps what the run answers by. */
export function setHandler({ name }: Named, handler: Handler): void {
  here().handlers.set(name, handler);
}

/** Every run here is of the newest code. */
export const patched = (): boolean => true;
/** No update is under way. */
export const currentUpdateInfo = (): undefined => undefined;
/** Nobody reads the page of an operator here. */
export const setCurrentDetails = (): void => {};

/** As much of it as is read. */
export function workflowInfo() {
  const { runId, historyLength, attributes } = here();
  const get = ({ name }: { readonly name: string }) => attributes.get(name);
  const typedSearchAttributes = { get } as unknown as TypedSearchAttributes;
  return { runId, historyLength, continueAsNewSuggested: false, typedSearchAttributes };
}

/** Keeps them for `workflowInfo`. */
export function upsertSearchAttributes(pairs: readonly SearchAttributePair[]): void {
  for (const { key, value } of pairs) here().attributes.set(key.name, value);
}

/** @throws ContinuedAsNew with the next run's input. */
export async function continueAsNew(input: unknown): Promise<never> {
  throw new ContinuedAsNew(input);
}

const told = (message: string, more?: unknown) => {
  here().warnings.push(`${message} ${JSON.stringify(more)}`);
};
/** Kept with the run: a life that comes to a stop shows the last ones. */
export const log = { warn: told, error: told, info: told, debug: told };

/** Waits until it holds, or for so long: false then. Looked at anew whenever `goOn` is called. */
export async function condition(test: () => boolean, limitMs?: number): Promise<boolean> {
  const { blocked } = here();
  if (test()) return true;
  return new Promise((resolve) => {
    const wait = { test, go: () => resolve(true) };
    blocked.add(wait);
    if (limitMs === undefined) return;
    setTimeout(() => {
      if (blocked.delete(wait)) resolve(false);
    }, limitMs);
  });
}

/** As far as an alarm needs it: a timer begun in it ends with it. */
export class CancellationScope {
  static open: CancellationScope | null = null;
  #end: (() => void) | null = null;

  run<T>(work: () => Promise<T>): Promise<T> {
    CancellationScope.open = this;
    try {
      return work();
    } finally {
      CancellationScope.open = null;
    }
  }

  onEnd(end: () => void): void {
    this.#end = end;
  }

  cancel(): void {
    this.#end?.();
  }
}

/** Whether an alarm was set anew. */
export const isCancellation = (error: unknown): boolean => error instanceof CancelledFailure;

/** Waits; ended early with the scope it was begun in. @throws CancelledFailure then. */
export function sleep(ms: number): Promise<void> {
  const scope = CancellationScope.open;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    scope?.onEnd(() => {
      clearTimeout(timer);
      reject(new CancelledFailure('cancelled'));
    });
  });
}

/** Every call goes through JSON, is tried as often as its options say, and ends in their time. */
export function proxyActivities(options: ActivityOptions): object {
  return new Proxy(
    {},
    { get: (_none, name) => (input: unknown) => execute(here(), String(name), input, options) },
  );
}

async function execute(run: Run, name: string, input: unknown, options: ActivityOptions) {
  const act = run.acts[name];
  if (!act) throw new Error(`no activity ${name}`);
  run.historyLength += 6;
  run.underWay += 1;
  try {
    const sent = JSON.stringify(input);
    const result = await activityRetries(() => act(JSON.parse(sent) as never), options);
    return result === undefined ? undefined : (JSON.parse(JSON.stringify(result)) as unknown);
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    const state = 'MAXIMUM_ATTEMPTS_REACHED';
    throw new ActivityFailure(`activity ${name} failed`, name, name, state, '', cause);
  } finally {
    run.underWay -= 1;
  }
}
