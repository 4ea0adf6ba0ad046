import { DAILY } from './plan.js';
import type { HoldPlants } from './plants.js';
import { Stage } from './stage.js';

/** One line of the list of interleavings that break a weaker protocol, as a script. */
export interface Interleaving {
  /** Its name, and what is planted for the world in which it breaks. */
  readonly plant: keyof HoldPlants;
  readonly tells: string;
  /** How the weaker world is seen to break. */
  readonly breaks: RegExp;
  /** Plays it; what was broken. */
  play(plants: HoldPlants): Promise<readonly string[]>;
}

/** Plays a script in a world in service; what was broken. */
export async function staged(
  plants: HoldPlants,
  script: (stage: Stage) => Promise<void>,
  limits = [DAILY],
): Promise<readonly string[]> {
  const stage = new Stage(plants, limits);
  await stage.begin();
  await script(stage);
  return stage.end();
}

/** So many input tokens. */
export const tokens = (input: number) => ({ quantities: { input } });

/** Fences, names and what a rebuild must wait for. */
export const ENDINGS: readonly Interleaving[] = [
  {
    plant: 'begin',
    tells: 'a process that starts reads the fences below its head before it settles',
    breaks: /ended at|settled daily/,
    play: (plants) =>
      staged(plants, async (stage) => {
        const lost = await stage.reserved(0, 'r0', 40, { ttlMs: 2_000 });
        await stage.pass(30_000);
        const other = await stage.reserved(1, 'r1', 100);
        stage.node(0).process.kill();
        await stage.commit(0, lost);
        await stage.commit(1, other);
      }),
  },
  {
    plant: 'ready',
    tells: 'a rebuilt workflow grants nothing before its epoch stands',
    breaks: /granted: daily|settled daily/,
    play: (plants) =>
      staged(plants, async (stage) => {
        await stage.lease(0, 26, 2);
        const token = stage.tokenOf(0, 52);
        let open: () => void = () => undefined;
        stage.world.fenceGate = new Promise((resolve) => (open = resolve));
        stage.world.workflow.rebuild();
        await stage.pass(90_000);
        const other = await stage.reserve(1, 'r1', 61);
        await stage.commit(1, token);
        if (other) await stage.commit(1, other);
        open();
      }),
  },
  {
    plant: 'noWait',
    tells: 'a rebuilt workflow waits for the longest lease life before it grants anew',
    breaks: /written off|was granted while/,
    play: (plants) =>
      staged(plants, async (stage) => {
        await stage.lease(0, 26, 2);
        const token = stage.tokenOf(0, 52);
        stage.world.workflow.rebuild();
        await stage.pass(5_000);
        const other = await stage.reserve(1, 'r1', 61);
        if (other) stage.broken.push('r1 was granted while leases of the epoch before may live');
        await stage.commit(1, token);
      }),
  },
  {
    plant: 'role',
    tells: "an extra has an id of its own: it is never answered by the reservation's hold",
    breaks: /names a hold twice/,
    play: (plants) =>
      staged(plants, async (stage) => {
        const lost = await stage.reserved(0, 'r0', 18, { ttlMs: 2_000 });
        await stage.pass(30_000);
        await stage.askAnew(1, lost);
        await stage.commit(0, lost, tokens(25));
      }),
  },
  {
    plant: 'epoch',
    tells: 'two rebuilds never name their epochs alike',
    breaks: /granted: daily|settled daily/,
    play: (plants) =>
      staged(plants, async (stage) => {
        const long = await stage.reserved(0, 'r0', 60, { ttlMs: 200_000 });
        stage.world.workflow.rebuild();
        await stage.reserve(1, 'r1', 1);
        await stage.pass(90_000);
        const other = await stage.reserve(1, 'r2', 60);
        await stage.commit(0, long);
        if (other) await stage.commit(1, other);
      }),
  },
  {
    plant: 'oneName',
    tells: 'a run whose epoch an older one has followed begins another',
    breaks: /no rest/,
    play: async (plants) => {
      const stage = new Stage(plants);
      let open: () => void = () => undefined;
      stage.world.fenceGate = new Promise((resolve) => (open = resolve));
      await stage.reserve(0, 'r0', 1);
      stage.world.workflow.rebuild();
      stage.world.fenceGate = Promise.resolve();
      await stage.reserve(1, 'r1', 1);
      open();
      await stage.pass(5_000);
      return stage.end();
    },
  },
  {
    plant: 'name',
    tells: 'an id that is granted again is another hold than the one that expired',
    breaks: /could not be settled/,
    play: (plants) =>
      staged(plants, async (stage) => {
        const lost = await stage.reserved(0, 'r0', 40, { ttlMs: 2_000 });
        await stage.pass(30_000);
        const { desk } = stage.node(0);
        const end = desk.settle(lost, { type: 'commit', commit: {}, hash: 'all' });
        await stage.done(end.catch((error: unknown) => stage.broken.push(String(error))));
      }),
  },
  {
    plant: 'extend',
    tells: 'a hold that a fence on its way lists is not extended',
    breaks: /too early/,
    play: (plants) =>
      staged(plants, async (stage) => {
        let open: () => void = () => undefined;
        const held = await stage.reserved(0, 'r0', 40, { ttlMs: 2_000 });
        stage.world.fenceGate = new Promise((resolve) => (open = resolve));
        await stage.pass(15_000);
        await stage.done(stage.callers.extend(stage.node(1), held, { ttlMs: 79_000 }));
        open();
      }),
  },
];

/** What one hold may be used for. */
export const USES: readonly Interleaving[] = [
  {
    plant: 'size',
    tells: 'a lease given back is stated with what was settled from it',
    breaks: /granted: daily/,
    play: (plants) =>
      staged(plants, async (stage) => {
        stage.world.network.deaf = true;
        await stage.lease(0, 25, 2);
        await stage.commit(0, stage.tokenOf(0, 25));
        await stage.done(stage.node(0).desk.giveBack());
        const rest = await stage.reserve(1, 'r1', 100);
        if (rest) await stage.commit(1, rest);
      }),
  },
  {
    plant: 'twoEnds',
    tells: 'a release and a commit are one entry: one of them wins',
    breaks: /has two ends/,
    play: (plants) =>
      staged(plants, async (stage) => {
        const held = await stage.reserved(0, 'r0', 40);
        await Promise.all([stage.release(0, held), stage.commit(1, held)]);
      }),
  },
  {
    plant: 'otherClass',
    tells: 'a commit of another class has a hold of its own there',
    breaks: /settled large/,
    play: (plants) => {
      const play = async (stage: Stage) => {
        const named = { model: 'small' };
        const held = await stage.reserved(0, 'r0', 60, { named });
        await stage.commit(1, held, { properties: { model: 'large' } });
      };
      return staged(plants, play, [DAILY, { ...DAILY, id: 'large', meters: ['large'], max: 50 }]);
    },
  },
  {
    plant: 'earlyReuse',
    tells: 'what is left of a token is handed out once its settle is durable',
    breaks: /held 50, 90 were used/,
    play: (plants) =>
      staged(plants, async (stage) => {
        await stage.lease(0, 25, 2);
        const token = stage.tokenOf(0, 50);
        await stage.commit(1, token);
        const slow = stage.callers.end(
          token,
          { type: 'commit', commit: tokens(10), hash: 'ten' },
          () => stage.node(0),
        );
        await stage.pass(3);
        const rest = stage.token(0, 40);
        await stage.done(slow);
        if (rest) await stage.commit(0, rest);
      }),
  },
  {
    plant: 'pausedLease',
    tells: 'a process whose machine slept past the time of its lease hands out nothing',
    breaks: /handed out \d+ ms after/,
    play: (plants) =>
      staged(plants, async (stage) => {
        await stage.lease(0, 10, 4);
        stage.node(0).clock.sleep(30_000);
        await stage.pass(30_000);
        stage.token(0, 10);
      }),
  },
];
