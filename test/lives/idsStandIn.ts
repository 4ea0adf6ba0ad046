/** Ids of the sandbox, counted in place of drawn: a seed brings the same ones again. */

let ids = 0;

/** The next id, in Stripe's form. */
export function newId(prefix: string): string {
  ids += 1;
  return `${prefix}_${String(ids).padStart(24, '0')}`;
}

/** Ids are counted from the start again. */
export function restartIds(): void {
  ids = 0;
}
