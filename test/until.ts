import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits for a condition instead of a time.
 * @throws Error naming `what` when it does not hold within `limitMs`.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  limitMs: number,
): Promise<void> {
  const over = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > over) throw new Error(`${what}: not seen after ${limitMs} ms`);
    await wait(30);
  }
}
