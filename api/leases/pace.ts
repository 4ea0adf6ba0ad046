/** How often something was asked for within the last second, in steps of 100 ms. */

/** Time over which the pace is taken, ms. */
export const PACE_MS = 1_000;

const STEP_MS = 100;
const STEPS = PACE_MS / STEP_MS;

/** Counts asks by a monotonic clock. */
export class Pace {
  private readonly steps: number[] = Array.from({ length: STEPS }, () => 0);
  private newest = 0;

  /** One more ask at `nowMs`. */
  note(nowMs: number): void {
    this.turn(nowMs);
    const at = this.newest % STEPS;
    this.steps[at] = (this.steps[at] ?? 0) + 1;
  }

  /** Asks within the last `PACE_MS`. */
  recent(nowMs: number): number {
    this.turn(nowMs);
    return this.steps.reduce((sum, count) => sum + count, 0);
  }

  private turn(nowMs: number): void {
    const step = Math.floor(nowMs / STEP_MS);
    const passed = Math.min(STEPS, step - this.newest);
    for (let back = 0; back < passed; back += 1) this.steps[(step - back) % STEPS] = 0;
    this.newest = Math.max(this.newest, step);
  }
}
