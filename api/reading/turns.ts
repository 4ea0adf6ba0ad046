/**
 * Shares one read among those who ask at the same time. A read that has begun is joined by
 * nobody: it may have looked before the asker's own write. Who comes then shares the next one.
 */
export class Turns<Value> {
  private readonly running = new Map<string, Promise<Value>>();
  private readonly next = new Map<string, Promise<Value>>();

  constructor(private readonly read: (name: string) => Promise<Value>) {}

  /** A value read after this call began. */
  take(name: string): Promise<Value> {
    const running = this.running.get(name);
    if (!running) return this.start(name);
    const waiting = this.next.get(name);
    if (waiting) return waiting;
    const after = running
      .catch(() => undefined)
      .then(() => {
        this.next.delete(name);
        return this.start(name);
      });
    this.next.set(name, after);
    return after;
  }

  private start(name: string): Promise<Value> {
    const reading = this.read(name).finally(() => {
      if (this.running.get(name) === reading) this.running.delete(name);
    });
    this.running.set(name, reading);
    return reading;
  }
}
