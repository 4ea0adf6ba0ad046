import type { RequestFaultKind } from '../../../../dev/stripe/http/faults.js';
import { until } from '../../../until.js';
import type { World } from '../world.js';
import type { ErrorReports } from './errorReports.js';
import { IMPATIENT_MS, stagedWorker, type Mishap, type StagedWorker } from './stagedWorker.js';
import type { AtStripe, Write, WriteName } from './writes.js';

/** How a fault of the matrix is staged, and what can befall any write. */

/** What faults are staged in. */
export interface Stage {
  readonly world: World;
  readonly reports: ErrorReports;
}

/** One fault; it befalls each write that it can. */
export interface Fault {
  readonly name: string;
  /** Lets it happen, and repeats the write until it ends. */
  readonly run: (stage: Stage, write: Write) => Promise<void>;
  /** How a write ends, by its column; `once` where absent. */
  readonly ends?: (column: WriteName) => End;
  /** Before and after all writes of the row, for what befalls the whole account. */
  readonly enter?: (stage: Stage) => Promise<void>;
  readonly leave?: (stage: Stage) => Promise<void>;
  /** What Stripe has of a refused report's meter in the end, where it is not what it had. */
  readonly left?: (stood: AtStripe) => AtStripe;
}

/** `-`: the fault can't befall that write. */
export type End = 'once' | 'dead letter' | 'refused' | '-';

const HOUR_MS = 3_600_000;
const LIMIT_MS = 30_000;

/** As Temporal does: again until it is done, or refused for good. */
async function persist(act: () => Promise<unknown>): Promise<void> {
  const done = async (): Promise<boolean> => {
    try {
      await act();
      return true;
    } catch (error) {
      return (error as { readonly nonRetryable?: boolean }).nonRetryable === true;
    }
  };
  await until(done, 'the end of a write', LIMIT_MS);
}

/** Repeats a write as it is until it ends. */
export const carry = ({ world }: Stage, write: Write) => persist(() => write.act(world.acts));

interface PanelFault {
  readonly kind: RequestFaultKind;
  readonly times?: number;
  readonly retryAfterSeconds?: number;
  readonly code?: string;
  readonly delayMs?: number;
}

/** Programs the sandbox's fault panel for a write. */
export function program({ world }: Stage, { aim }: Write, fault: PanelFault): void {
  world.sandbox.controls.fault({ method: 'POST', times: 1, ...fault, ...aim });
}

/** The sandbox's fault panel does it. */
export const panel = (fault: PanelFault) => async (stage: Stage, write: Write) => {
  program(stage, write, fault);
  await carry(stage, write);
};

/** What happens between a worker's end and the next one. */
export type Then = (stage: Stage, write: Write, worker: StagedWorker) => Promise<void>;

/** Lets it befall a worker. @throws Error where its request was never sent. */
export async function befall(stage: Stage, write: Write, mishap: Mishap): Promise<StagedWorker> {
  const worker = stagedWorker(stage.world, mishap, write.aim);
  const ended = write.act(worker.acts).catch(() => undefined);
  await Promise.race([worker.died, ended]);
  if (!worker.isMet()) throw new Error(`${mishap} met no request of ${write.aim.path}`);
  return worker;
}

/** It befalls a worker; `meanwhile`, then another one goes on. */
export const crash = (mishap: Mishap, meanwhile?: Then) => async (stage: Stage, write: Write) => {
  const worker = await befall(stage, write, mishap);
  await meanwhile?.(stage, write, worker);
  await carry(stage, write);
};

/** The worker waits for less than the sandbox takes. */
export const timeout =
  (kind: 'delayAfter' | 'resetBefore') => async (stage: Stage, write: Write) => {
    program(stage, write, { kind, delayMs: 2 * IMPATIENT_MS });
    await befall(stage, write, 'impatient');
    await carry(stage, write);
  };

/** The answer is given up, and the request arrives after all else. */
export async function arriveLate(stage: Stage, write: Write): Promise<void> {
  const worker = await befall(stage, write, 'lost');
  await carry(stage, write);
  await worker.arrive();
}

/** By then Stripe has forgotten HTTP keys and identifiers, and we trust none. */
export const dayPasses: Then = async ({ world }, { report }) => {
  world.aheadMs += 25 * HOUR_MS;
  const testClock = report?.who.stripe.testClock;
  if (typeof testClock !== 'string') return;
  const { frozen_time: frozen } = await world.stripe.testHelpers.testClocks.retrieve(testClock);
  const toSeconds = frozen + (25 * HOUR_MS) / 1000;
  await world.acts.advanceTestClock({ mode: 'test', testClock, toSeconds });
};
