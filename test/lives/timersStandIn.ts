/** `node:timers/promises` over the timers of the process, which are virtual here. */

/** Resolves after `ms` of the process' timers. */
export function setTimeout(ms = 0): Promise<void> {
  return new Promise((resolve) => {
    globalThis.setTimeout(resolve, ms);
  });
}

/** Resolves once what is due now was done. */
export const setImmediate = (): Promise<void> => setTimeout(0);
