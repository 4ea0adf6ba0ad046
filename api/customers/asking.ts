import { randomUUID } from 'node:crypto';
import type { Command } from '../../billing/command.js';
import type { CommandEntry, CustomerKey, VoidEntry } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { AppendOutcome, LogWriter } from '../../ledger/contract.js';
import { Problem, unavailable } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { until } from '../reading/poll.js';
import type { Standings } from '../reading/standings.js';
import { commandEntry, commandId } from './command.js';
import type { CustomerSources } from './read.js';

/** Entries that must have acted before the answer: written once, then waited for. */

/** Longest wait for the workflow. */
export const ACT_LIMIT_MS = 15_000;

/** What asking stands on. */
export interface AskingPorts {
  readonly writer: LogWriter;
  readonly standings: Standings;
  tellNow(key: CustomerKey, head: number): Promise<void>;
}

/** What operations stand on that change a customer through its log. */
export interface ChangePorts extends CustomerSources {
  readonly asking: Asking;
  readonly now: () => number;
}

/** An entry that stands in the log. */
export type Written = Exclude<AppendOutcome, { readonly status: 'fenced' }>;

/** Writes entries and waits until their customer's workflow has folded them. */
export class Asking {
  constructor(private readonly ports: AskingPorts) {}

  /** @throws Problem or LedgerError `unavailable`: nothing is known, ask again with the same id. */
  async write(key: CustomerKey, entry: CommandEntry | VoidEntry): Promise<Written> {
    const [outcome] = await this.ports.writer.append(key, [entry]);
    if (!outcome || outcome.status === 'fenced') throw unavailable(`${entry.id} was not taken.`);
    return outcome;
  }

  /**
   * The number at which a command stands. `name`: the Idempotency-Key, under which it is written
   * once; `asked`: what tells two asks under one key apart.
   * @throws Problem `idempotency_key_reused` where the key has asked for something else.
   */
  async command(
    key: CustomerKey,
    name: string | null,
    command: Command,
    asked?: unknown,
  ): Promise<number> {
    const id = commandId(name, randomUUID());
    const written = await this.write(key, commandEntry(id, command, asked));
    if (written.status !== 'conflict') return written.number;
    const detail = `${shown(name)} was used for another request.`;
    throw new Problem('idempotency_key_reused', detail);
  }

  /**
   * The state with everything durable, once the workflow has folded the log up to `number`:
   * whatever is decided from now on, it is decided with it.
   * @throws Problem `unavailable` when it does not get there in time; the entry stands even so.
   */
  async acted(key: CustomerKey, number: number, gone: AbortSignal): Promise<CustomerState> {
    const known = await this.seen(key);
    if (!known || known.mark < number) {
      await this.ports.tellNow(key, number);
      const patience = { limitMs: ACT_LIMIT_MS, gone };
      const reached = await until(async () => {
        const state = await this.seen(key);
        return state && state.mark >= number ? state : null;
      }, patience);
      if (!reached) throw unavailable(`${key.customer} is still being told.`, undefined, 2);
    }
    const state = await this.ports.standings.fresh(key);
    if (!state) throw unavailable(`The standing of ${key.customer} can not be read.`);
    return state;
  }

  private async seen(key: CustomerKey): Promise<CustomerState | null> {
    const state = await this.ports.standings.ofWorkflow(key);
    if (state?.halted) throw new Problem('internal_error', `${key.customer}: ${state.halted}`);
    return state;
  }
}
