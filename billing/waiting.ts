/** What a customer's state waits for: the goal of its clock, the next try of a step. */

/** A test customer's clock: now = real now + offset. */
export interface CustomerClock {
  readonly offsetMs: number;
  /** What `/v1/test/clock` asked for and is not reached yet. */
  readonly goal: {
    readonly request: number;
    readonly toMs: number;
    /** Also wait until this segment is billed, in review or empty. */
    readonly segment: number | null;
  } | null;
  /** Log number of the newest clock command that is done. */
  readonly reached: number;
}

/** A failed step waits until then; real time, ms. */
export interface StepRetry {
  readonly step: string;
  readonly attempts: number;
  readonly atMs: number;
  readonly reason: string;
}
