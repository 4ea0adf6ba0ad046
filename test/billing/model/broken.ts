/** A promise that did not hold in a modelled world. */
export class BrokenPromise extends Error {
  constructor(
    /** The invariant, as the list of faults names it: I1, I3 … */
    readonly invariant: string,
    what: string,
  ) {
    super(`${invariant}: ${what}`);
    this.name = 'BrokenPromise';
  }
}

/** @throws BrokenPromise unless it holds. */
export function must(holds: boolean, invariant: string, what: () => string): void {
  if (!holds) throw new BrokenPromise(invariant, what());
}

/** @throws BrokenPromise unless both are the same text or number. */
export function same(
  found: unknown,
  expected: unknown,
  invariant: string,
  what: () => string,
): void {
  if (Object.is(found, expected)) return;
  throw new BrokenPromise(invariant, `${what()}: ${String(found)}, not ${String(expected)}`);
}
