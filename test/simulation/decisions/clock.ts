import type { Schedule } from '../schedule.js';

/** The two clocks of one process: its wall clock is off, and both can go wrong, one at a time. */
export class ProcessClock {
  private stoodStillMs = 0;

  constructor(
    private readonly schedule: Schedule,
    /** What the wall clock shows when the world begins, ms. */
    private startMs: number,
  ) {}

  /** The machine sleeps: the monotonic clock does not go on. */
  sleep(ms: number): void {
    this.stoodStillMs += ms;
  }

  /** The wall clock is set, forward or back. */
  set(byMs: number): void {
    this.startMs += byMs;
  }

  wallMs(): number {
    return this.startMs + this.schedule.nowMs;
  }

  elapsedMs(): number {
    return this.schedule.nowMs - this.stoodStillMs;
  }
}
