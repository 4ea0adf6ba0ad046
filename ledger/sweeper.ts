/** How often old rows are deleted, ms. */
const EVERY_MS = 10 * 60_000;

/**
 * Deletes old rows from time to time. A sweep that fails is made up for by the next one: nothing
 * depends on when a row that no longer counts is deleted.
 */
export class Sweeper {
  private readonly timer: NodeJS.Timeout;
  private sweeping: Promise<unknown> = Promise.resolve();

  constructor(sweep: () => Promise<unknown>) {
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(sweep).catch(() => undefined);
    }, EVERY_MS);
    this.timer.unref();
  }

  /** Ends it, after the sweep that is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }
}
