/**
 * How many workflows are told in a second. Temporal's answers set it: while they come fast it
 * grows, when they get slow it falls at once. So a burst over thousands of customers does not
 * take the machine away from ingest; their sums wait a little longer and travel together.
 */
export class Pace {
  private perSecond: number = START;
  private tokens = 1;
  private filledAtMs: number;
  private slowedAtMs = 0;

  constructor(private readonly now: () => number = Date.now) {
    this.filledAtMs = now();
  }

  /** Messages a second, now. */
  get rate(): number {
    return this.perSecond;
  }

  /** True when one more may be sent now; it counts. */
  take(): boolean {
    const nowMs = this.now();
    const burst = Math.max(2, this.perSecond / 4);
    const filled = this.tokens + ((nowMs - this.filledAtMs) / 1000) * this.perSecond;
    this.tokens = Math.min(burst, filled);
    this.filledAtMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }

  /** Told after each message how long Temporal took; failures count as slow. */
  answered(tookMs: number): void {
    if (tookMs <= FAST_MS) this.perSecond = Math.min(MOST, this.perSecond + 1);
    else if (tookMs > SLOW_MS && this.now() - this.slowedAtMs >= SLOWED_MS) {
      this.slowedAtMs = this.now();
      this.perSecond = Math.max(LEAST, this.perSecond * 0.8);
    }
  }
}

const START = 50;
const LEAST = 10;
const MOST = 1000;

/** An idle embedded server takes 5 to 15 ms. */
const FAST_MS = 25;
const SLOW_MS = 50;

/** Messages in flight when it got slow tell nothing new. */
const SLOWED_MS = 200;
