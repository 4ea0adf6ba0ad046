/**
 * Reads many names in one question. While one question is under way those who come collect for
 * the next: nobody joins a read that has begun, for it may have looked before the asker's write.
 * Idle: nobody waits. Busy: one read serves many.
 */
export class Rounds<Value> {
  private waiting = new Map<string, Asked<Value>>();
  private running = false;

  /** `readAll` is given at most `namesMax` names and answers those it has. */
  constructor(
    private readonly readAll: (names: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    private readonly namesMax: number,
  ) {}

  /** The value of a name, read after this call began; null: there is none. */
  take(name: string): Promise<Value | null> {
    const asked = this.waiting.get(name) ?? newAsked<Value>();
    this.waiting.set(name, asked);
    if (!this.running) {
      this.running = true;
      // After the callers of this turn have come, too.
      queueMicrotask(() => void this.run());
    }
    return asked.answer;
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      const round = [...this.waiting].slice(0, this.namesMax);
      for (const [name] of round) this.waiting.delete(name);
      await this.answer(round);
    }
    this.running = false;
  }

  private async answer(round: readonly (readonly [string, Asked<Value>])[]): Promise<void> {
    try {
      const found = await this.readAll(round.map(([name]) => name));
      for (const [name, asked] of round) asked.resolve(found.get(name) ?? null);
    } catch (error) {
      for (const [, asked] of round) asked.reject(error);
    }
  }
}

interface Asked<Value> {
  readonly answer: Promise<Value | null>;
  resolve(value: Value | null): void;
  reject(error: unknown): void;
}

function newAsked<Value>(): Asked<Value> {
  let resolve: Asked<Value>['resolve'] = () => undefined;
  let reject: Asked<Value>['reject'] = () => undefined;
  const answer = new Promise<Value | null>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { answer, resolve, reject };
}
