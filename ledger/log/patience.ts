import { LedgerError } from '../errors.js';
import type { WriterLimits } from './limits.js';
import type { Surroundings } from './port.js';

/** Thrown inside a lane whose writer was stopped. */
export class WriterStopped extends Error {}

/** Waiting and asking again, for as long as the writer is not stopped. */
export class Patience {
  private stopped = false;
  private lastTrouble: string | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly limits: WriterLimits,
  ) {}

  /** From now on every wait ends with WriterStopped. */
  stop(): void {
    this.stopped = true;
  }

  /** What the store last did instead of answering, for those who gave up; null: nothing yet. */
  get trouble(): string | null {
    return this.lastTrouble;
  }

  /** An insert was not stored, for the reason that the store gives, if it gives one. */
  met(outcome: string, reason: string | null | undefined): void {
    this.lastTrouble = reason ? `${outcome}, ${reason}` : outcome;
  }

  /** Asks until there is an answer. @throws WriterStopped, and what is not `unavailable`. */
  async insist<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof LedgerError) || !error.retryable) throw error;
        this.lastTrouble = error.message;
      }
      await this.backOff(tries);
    }
  }

  /** Waits longer after each try, up to a bound, by a random part of it. @throws WriterStopped. */
  async backOff(tries: number): Promise<void> {
    const { backoffMsMin, backoffMsMax } = this.limits;
    const longestMs = Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(tries, 20));
    await this.pause(longestMs * (0.5 + this.around.random() / 2));
  }

  /** @throws WriterStopped. */
  async pause(ms: number): Promise<void> {
    await this.around.pause(ms);
    if (this.stopped) throw new WriterStopped();
  }
}
