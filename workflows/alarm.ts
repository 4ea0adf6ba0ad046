import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** One timer of a lane. */
export interface Alarm {
  /** True once the time has come, until it is set again. */
  rung(): boolean;
  /** Real time, ms; null: none. The timer is made anew only when the time changes. */
  set(nextMs: number | null): void;
}

/** An alarm that is not set. `summary` is what an operator reads in the Web UI. */
export function createAlarm(summary: string): Alarm {
  let atMs: number | null = null;
  let rung = false;
  let scope: CancellationScope | null = null;
  const ring = async (delayMs: number) => {
    try {
      await sleep(delayMs, { summary });
      rung = true;
      atMs = null;
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  };
  return {
    rung: () => rung,
    set(nextMs: number | null): void {
      rung = false;
      if (nextMs === atMs) return;
      scope?.cancel();
      atMs = nextMs;
      scope = null;
      if (nextMs === null) return;
      scope = new CancellationScope();
      void scope.run(() => ring(Math.max(1, nextMs - Date.now())));
    },
  };
}
