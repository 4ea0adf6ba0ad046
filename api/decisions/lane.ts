import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import type { CustomerKey } from '../../billing/log.js';
import { ASKS_MAX } from '../../workflows/messages.js';
import type { Decided } from './contract.js';

/** The asks of one customer on their way to its workflow: one Update in flight (DESIGN §4). */

/** Asks of one Update in bytes of JSON at most; usage of 160 KiB may ride along. */
const ASKS_BYTES_MAX = 512 * 1024;

/** One caller's asks; they go together. */
export interface Waiting {
  readonly asks: readonly HoldAsk[];
  /** Rough size as JSON. */
  readonly bytes: number;
  resolve(decided: Decided): void;
  reject(error: unknown): void;
}

/** How a lane sends; it must not throw but for a fault of all that was asked. */
export type Send = (
  key: CustomerKey,
  asks: readonly HoldAsk[],
) => Promise<Omit<Decided, 'answers'> & { readonly answers: readonly HoldAnswer[] }>;

/** Collects asks while an Update is in flight; idle: nobody waits. */
export class AskLane {
  private waiting: Waiting[] = [];
  private asksWaiting = 0;
  private running = false;

  constructor(
    private readonly key: CustomerKey,
    private readonly send: Send,
    /** Told when so many asks were answered or failed. */
    private readonly onDone: (asks: number) => void,
  ) {}

  /** Asks that wait, those in flight left out. */
  get size(): number {
    return this.asksWaiting;
  }

  get isIdle(): boolean {
    return !this.running;
  }

  add(waiting: Waiting): void {
    this.waiting.push(waiting);
    this.asksWaiting += waiting.asks.length;
    if (this.running) return;
    this.running = true;
    // After all requests that arrived with this one were read.
    setImmediate(() => void this.run());
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) await this.round(this.takeRound());
    this.running = false;
    this.onDone(0);
  }

  private takeRound(): readonly Waiting[] {
    let asks = 0;
    let bytes = 0;
    const beyond = this.waiting.findIndex((waiting, at) => {
      asks += waiting.asks.length;
      bytes += waiting.bytes;
      return at > 0 && (asks > ASKS_MAX || bytes > ASKS_BYTES_MAX);
    });
    const round = this.waiting.splice(0, beyond === -1 ? this.waiting.length : beyond);
    this.asksWaiting -= sizeOf(round);
    return round;
  }

  private async round(round: readonly Waiting[]): Promise<void> {
    try {
      const decided = await this.send(this.key, round.flatMap(({ asks }) => asks));
      let from = 0;
      for (const caller of round) {
        const to = from + caller.asks.length;
        caller.resolve({ ...decided, answers: decided.answers.slice(from, to) });
        from = to;
      }
    } catch (error) {
      for (const caller of round) caller.reject(error);
    } finally {
      this.onDone(sizeOf(round));
    }
  }
}

function sizeOf(round: readonly Waiting[]): number {
  return round.reduce((sum, { asks }) => sum + asks.length, 0);
}
