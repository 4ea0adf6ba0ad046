import { Chance } from '../chance.js';
import { SEEDED_LIMITS } from './plan.js';
import type { HoldPlants } from './plants.js';
import { brokenPromises } from './promises.js';
import { brew } from './storm.js';
import { comeToRest, Traffic } from './traffic.js';
import { World } from './world.js';

/** Which of the limits a world has: places in their list. */
const MIXES = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 4],
  [1, 2, 3],
] as const;

/** How much of each limit: some worlds are tight. */
const SHARES = [0.2, 0.4, 1] as const;

const PLANS = SHARES.flatMap((share) =>
  MIXES.map((mix) => {
    const places: readonly number[] = mix;
    const limits = SEEDED_LIMITS.filter((_, place) => places.includes(place));
    return limits.map((limit) => ({ ...limit, max: Math.floor((limit.max ?? 0) * share) }));
  }),
);

/** The world of one seed, its callers and its storm under way. */
export function worldOf(seed: number, plants: HoldPlants = {}): World {
  const limits = new Chance(seed ^ 0x2545f491).pick(PLANS);
  const world = new World(seed, { limits, plants });
  new Traffic(world).begin();
  brew(world);
  return world;
}

/** Plays the world of one seed; what it broke. */
export async function play(seed: number, plants?: HoldPlants): Promise<readonly string[]> {
  const world = worldOf(seed, plants);
  try {
    await comeToRest(world);
  } catch (error) {
    return [...world.truth.broken, String(error)];
  }
  return brokenPromises(world);
}

/** What the first red world broke, and its seed; null when all are green. */
export async function firstBroken(seeds: number, plants?: HoldPlants) {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const broken = await play(seed, plants);
    if (broken.length > 0) return { seed, broken };
  }
  return null;
}
