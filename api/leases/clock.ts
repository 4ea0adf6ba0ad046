/** What both clocks of a process show at one instant. */
export interface Instant {
  /** Never goes back; may stand still while the machine sleeps, ms. */
  readonly monotonicMs: number;
  /** May be set forward or back, ms since the epoch. */
  readonly wallMs: number;
}

/** Reads both clocks. */
export type Clock = () => Instant;

/** The clocks of this process. */
export const processClock: Clock = () => ({
  monotonicMs: performance.now(),
  wallMs: Date.now(),
});

/** Time from one instant to another by the clock that shows more of it, ms. */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(to.monotonicMs - from.monotonicMs, to.wallMs - from.wallMs);
}
