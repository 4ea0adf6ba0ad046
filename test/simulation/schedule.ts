interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: what is due happens one by one, and between two of them all promises settle. */
export class Schedule {
  private readonly heap: Happening[] = [];
  private time = 0;
  private count = 0;

  /** Virtual ms since the world began. */
  get nowMs(): number {
    return this.time;
  }

  /** Lets something happen `ms` from now; what is due at one time happens in order of asking. */
  after(ms: number, run: () => void): void {
    this.count += 1;
    this.push({ atMs: this.time + ms, order: this.count, run });
  }

  /** Resolves `ms` from now. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs until nothing is due. @throws Error when that takes more than `stepsMax` steps. */
  async runToRest(stepsMax: number): Promise<void> {
    for (let steps = 0; steps < stepsMax; steps += 1) {
      const next = this.pop();
      if (!next) return;
      this.time = next.atMs;
      next.run();
      await drained();
    }
    throw new Error(`no rest after ${stepsMax} steps, at ${this.time} ms`);
  }

  /** Lets everything happen that is due by then, and time pass. */
  async runUntil(atMs: number): Promise<void> {
    for (let next = this.heap[0]; next && next.atMs <= atMs; next = this.heap[0]) {
      this.pop();
      this.time = next.atMs;
      next.run();
      await drained();
    }
    this.time = Math.max(this.time, atMs);
  }

  private push(happening: Happening): void {
    const { heap } = this;
    let place = heap.push(happening) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isBefore(heap[parent] as Happening, happening)) break;
      heap[place] = heap[parent] as Happening;
      place = parent;
    }
    heap[place] = happening;
  }

  private pop(): Happening | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && isBefore(right, heap[child] as Happening)) child += 1;
      if (isBefore(last, heap[child] as Happening)) break;
      heap[place] = heap[child] as Happening;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

/**
 * All that is ready has run: a tick comes when no promise is left to go on. It costs a third of a
 * turn of the event loop, which would come to the same.
 */
function drained(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
