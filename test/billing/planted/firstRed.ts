import type { reduce } from '../../../billing/customer/reducer.js';
import type { Parts } from '../model/world.js';

/** Runs within which a planted fault must show. */
const RUNS = 150;

/** Something in the place of the reducer. */
export type Wrapping = (real: typeof reduce) => typeof reduce;

/** A fault to plant: a module altered, the reducer wrapped, or the sums made otherwise. */
export interface Plant {
  /** Path of a module of billing, and what of it is altered. */
  readonly module?: readonly [path: string, alter: (real: never) => object];
  readonly wrap?: Wrapping;
  readonly summing?: Parts['summing'];
}

/** What the first run broke with the fault planted; null: the model never noticed. */
export async function firstRed({ module, wrap, summing }: Plant): Promise<string | null> {
  jest.resetModules();
  if (module) {
    const [path, alter] = module;
    const real = jest.requireActual<never>(path);
    jest.doMock(path, () => ({ ...(real as object), ...alter(real) }));
  }
  try {
    return await play(wrap, summing);
  } finally {
    if (module) jest.dontMock(module[0]);
    jest.resetModules();
  }
}

async function play(wrap: Wrapping = (real) => real, summing?: Parts['summing']) {
  const fc = await import('fast-check');
  const run = await import('../model/run.js');
  const { scripts } = await import('../model/script.js');
  const reducer = await import('../../../billing/customer/reducer.js');
  const parts = { reduce: wrap(reducer.reduce), ...(summing && { summing }) };
  const some = fc.sample(scripts(run.WEIGHTS, 200), { seed: 3, numRuns: RUNS });
  for (const script of some) {
    try {
      run.play(script, parts);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  return null;
}
