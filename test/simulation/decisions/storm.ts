import type { ProcessClock } from './clock.js';
import { KEY } from './plan.js';
import type { World } from './world.js';

/** Virtual time after which nothing fails any more, and all must come to rest. */
export const STORM_MS = 140_000;

/** What befalls the world of one seed: everything at random times, by the seed. */
export function brew(world: World): void {
  const { chance, database, network, schedule, workflow } = world;
  const often = (times: number, happening: () => void) => {
    for (let count = chance.whole(0, times); count > 0; count -= 1) {
      schedule.after(chance.whole(0, STORM_MS), happening);
    }
  };
  often(2, () => chance.pick(world.nodes).process.kill());
  often(1, () => world.worker.kill());
  often(4, () => database.failOver());
  often(2, () => workflow.continueAsNew());
  often(1, () => workflow.rebuild());
  often(1, () => {
    workflow.backUp();
    schedule.after(chance.whole(1_000, 60_000), () => workflow.restore());
  });
  often(2, () => workflow.tell({ ranges: [], sums: [], catalogue: 1, head: headOf(world) }));
  often(4, () => void chance.pick(world.nodes).desk.giveBack());
  often(1, () => void lower(world));
  for (const node of world.nodes) {
    // Both clocks of one machine never go wrong in one life of a lease.
    const sleeps = chance.happens(0.5);
    often(1, () => node.process.pause(chance.whole(1_000, 80_000)));
    if (sleeps) often(1, () => sleep(world, node.process, node.clock));
    else often(1, () => node.clock.set(chance.whole(-90_000, 90_000)));
  }
  schedule.after(STORM_MS, () => {
    database.calm = true;
    network.calm = true;
  });
}

function headOf(world: World): number {
  return world.database.log(KEY).groups.length;
}

/** The machine sleeps: nothing reaches the process, and its monotonic clock stands still. */
function sleep(
  { chance }: World,
  process: { pause: (ms: number) => void },
  clock: ProcessClock,
): void {
  const ms = chance.whole(1_000, 80_000);
  process.pause(ms);
  clock.sleep(ms);
}

/** An operator lowers a limit, holds out or not. */
async function lower(world: World): Promise<void> {
  const { chance, nodes, limits } = world;
  const { id, max = 0 } = chance.pick(limits);
  const change = { limits: { [id]: Math.floor(max * chance.next()) } };
  const command = { type: 'controls', change, atMs: world.serverMs() } as const;
  const name = `command/lower-${chance.whole(0, 1e9)}`;
  const { process } = chance.pick(nodes);
  await world.append(process, { kind: 'command', id: name, command, hash: name });
}
