import type { Logger } from 'pino';
import type { Ledger } from '../../ledger/contract.js';
import type { Engine } from '../engine/engine.js';
import type { Notifier } from '../engine/notifier.js';
import type { Operation } from '../http/operation.js';
import { ProcessLeases } from '../leases/book.js';
import { leaseOperations } from '../leases/operations.js';
import type { LeaseMode } from '../leases/shelf.js';
import { createTokens } from '../leases/tokens.js';
import type { Decider, LeaseBook, Tokens } from './contract.js';
import { DecidedCustomers } from './customers.js';
import type { DecisionPorts } from './decisions.js';
import { decisionOperations } from './operations.js';
import { DecisionQueue } from './queue.js';

/** Puts the parts of the decision path together. */

/** What they are made from. */
export interface AssemblyParts extends Pick<
  DecisionPorts,
  'rows' | 'catalogues' | 'standings' | 'defaultPlan' | 'now'
> {
  readonly engine: Engine;
  readonly ledger: Pick<Ledger, 'writer' | 'log'>;
  readonly notifier: Notifier;
  readonly logger: Logger;
  readonly tokenSecret: string;
  readonly leaseMode: LeaseMode;
}

/** The decision path of one process. */
export interface DecisionAssembly {
  readonly queue: DecisionQueue;
  readonly leases: LeaseBook | null;
  readonly tokens: Tokens;
  readonly operations: readonly Operation[];
  /** Gives leases back and waits for asks in flight, for at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

function leasesOf(
  { catalogues, logger, leaseMode: mode }: AssemblyParts,
  tokens: Tokens,
  decide: Decider['decide'],
): LeaseBook | null {
  if (mode === 'off') return null;
  return new ProcessLeases({
    decider: { decide },
    tokens,
    mode,
    metersOf: (of) => catalogues.lastSeen(of)?.meters ?? null,
    onFault: (error) => logger.warn({ err: error }, 'a lease was not answered; again soon'),
  });
}

/** Queue, leases, tokens and the operations over them. */
export function assembleDecisions(parts: AssemblyParts): DecisionAssembly {
  const { engine, notifier, ledger, tokenSecret } = parts;
  const tokens = createTokens(tokenSecret);
  const leases = leasesOf(parts, tokens, (key, asks) => queue.decide(key, asks));
  const giveBack = async (key: Parameters<LeaseBook['giveBack']>[0]): Promise<void> =>
    leases?.giveBack(key);
  const queue: DecisionQueue = new DecisionQueue({ engine, notifier, giveBack });
  const { writer, log } = ledger;
  const ports = { ...parts, writer, log, decider: queue, leases, tokens };
  const customers = new DecidedCustomers(ports);
  return {
    queue,
    leases,
    tokens,
    operations: [...decisionOperations(ports), ...leaseOperations({ ...ports, customers })],
    async close(timeoutMs) {
      const untilMs = performance.now() + timeoutMs;
      await leases?.close(timeoutMs);
      await queue.close(Math.max(0, untilMs - performance.now()));
    },
  };
}
