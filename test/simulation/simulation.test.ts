import type { Plants } from './plants.js';
import { brokenPromises } from './promises.js';
import { World } from './world.js';

/**
 * The log's protocol under faults: the product's writer, its sums, its heal and its fold, in
 * worlds of virtual time. A world comes from its seed alone; to play one again by itself:
 * npx jest test/simulation -t 'own seed' --seed=N
 */
const SEEDS = 20_000;
const LIMIT_MS = 600_000;

/** Seeds in which a planted fault must show; most show in the first few. */
const PLANTED_SEEDS = 2_000;

/** Plays the world of one seed; answers what it broke. */
async function play(seed: number, plants?: Plants): Promise<readonly string[]> {
  const world = new World(seed, plants);
  try {
    await world.run();
  } catch (error) {
    return [String(error)];
  }
  return brokenPromises(world);
}

/** What the first red world broke, and its seed; null when all are green. */
async function firstBroken(seeds: number, plants?: Plants) {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const broken = await play(seed, plants);
    if (broken.length > 0) return { seed, broken };
  }
  return null;
}

async function mustShow(plants: Plants, how: RegExp): Promise<void> {
  const found = await firstBroken(PLANTED_SEEDS, plants);
  expect(found?.broken.join('\n')).toMatch(how);
}

describe('the log under lost answers, late inserts, pauses, kills, failovers and rebuilds', () => {
  it(
    `keeps every promise in ${SEEDS} worlds`,
    async () => {
      expect(await firstBroken(SEEDS)).toBeNull();
    },
    LIMIT_MS,
  );

  it("keeps every promise in the world of this run's own seed", async () => {
    expect({ seed: jest.getSeed(), broken: await play(jest.getSeed()) }).toEqual({
      seed: jest.getSeed(),
      broken: [],
    });
  });

  it('makes the same world of the same seed', async () => {
    const logs = async (seed: number) => {
      const world = new World(seed);
      await world.run();
      return world.customers.map(({ key }) => world.database.log(key).groups);
    };
    expect(await logs(7)).toEqual(await logs(7));
    expect(await logs(7)).not.toEqual(await logs(8));
  });
});

describe('the simulation turns red when a rule is left out', () => {
  it('grown group: a group of unknown outcome is sent again with more in it', () =>
    mustShow({ grownGroup: true }, /does not stand/), LIMIT_MS);

  it('unread fence: a writer does not read the fences before a settle', () =>
    mustShow({ unreadFences: true }, /ended at|older than/), LIMIT_MS);

  it('begin: a process starts as if the log had no fence', () =>
    mustShow({ blindStart: true }, /ended at|older than|names fence/), LIMIT_MS);

  it('mixed message: ranges partly folded are folded as a whole', () =>
    mustShow({ mixedMessage: true }, /folded \d+ (tokens|settled)/), LIMIT_MS);

  it('late page: a page is folded over what was folded ahead while it was read', () =>
    mustShow({ latePages: true }, /folded \d+ (tokens|settled)/), LIMIT_MS);

  it('forgotten mark: the fold forgets ranges it has folded', () =>
    mustShow({ forgottenRanges: true }, /folded \d+ (tokens|settled)/), LIMIT_MS);

  it('lost ends: a heal folds what a settle used, and not that its hold has ended', () =>
    mustShow({ lostEnds: true }, /folded the end of/), LIMIT_MS);

  it('local read: reads show what a failover takes back', () =>
    mustShow({ localReads: true }, /gap|halted|folded/), LIMIT_MS);

  it('ready: a rebuilt workflow grants before its epoch stands', () =>
    mustShow({ earlyGrants: true }, /settled \d+ of/), LIMIT_MS);

  it('epoch: two rebuilds name their epoch alike', () =>
    mustShow({ namedEpoch: true }, /settled \d+ of/), LIMIT_MS);
});
