import type { Interleaving } from './scripts.js';
import { Stage } from './stage.js';

/** The lines that are about the log, under a workflow that folds it. */
export const LOG_LINES: readonly Interleaving[] = [
  {
    plant: 'grownGroup',
    tells: 'a group of unknown outcome is sent again as it was',
    breaks: /e2 was answered and does not stand/,
    play: async (plants) => {
      const stage = new Stage(plants);
      stage.world.database.fates.push('answerLost');
      const first = stage.event(0, 'e1', 1);
      await stage.pass(1_000);
      await stage.done(Promise.all([first, stage.event(0, 'e2', 1)]));
      const { groups } = stage.world.database.log(stage.world.workflow.state.key);
      const stands = groups.flatMap(({ entries }) => entries).some(({ id }) => id === 'e2');
      if (!stands) stage.broken.push('e2 was answered and does not stand');
      return stage.end();
    },
  },
  {
    plant: 'unreadFences',
    tells: 'a writer that lost its number reads the fences before it writes again',
    breaks: /ended at/,
    play: async (plants) => {
      const stage = new Stage(plants);
      await stage.begin();
      const lost = await stage.reserved(0, 'r0', 40, { ttlMs: 2_000 });
      await stage.done(stage.event(1, 'e1', 1));
      await stage.pass(30_000);
      await stage.commit(1, lost);
      return stage.end();
    },
  },
  {
    plant: 'forgottenRanges',
    tells: 'what was folded ahead of the mark is not folded again',
    breaks: /tokens counted/,
    play: async (plants) => {
      const stage = new Stage(plants);
      await stage.begin();
      stage.world.network.deaf = true;
      const from = stage.head + 1;
      await stage.done(stage.event(0, 'e1', 1));
      await stage.done(stage.event(0, 'e2', 1));
      const { quietFrom } = stage.message(from, from + 1);
      stage.world.workflow.tell({ ...stage.message(from + 1, from + 1), quietFrom });
      return stage.end();
    },
  },
  {
    plant: 'mixedMessage',
    tells: 'a message that is folded in part is read in the log',
    breaks: /tokens counted/,
    play: async (plants) => {
      const stage = new Stage(plants);
      await stage.begin();
      stage.world.network.deaf = true;
      const from = stage.head + 1;
      await stage.done(stage.event(0, 'e1', 1));
      await stage.done(stage.event(0, 'e2', 1));
      stage.world.workflow.tell(stage.message(from, from));
      stage.world.workflow.tell(stage.message(from, from + 1));
      return stage.end();
    },
  },
  {
    plant: 'localReads',
    tells: 'a heal reads what a majority has',
    breaks: /tokens counted/,
    play: async (plants) => {
      const stage = new Stage(plants);
      await stage.begin();
      const { database, network, workflow } = stage.world;
      network.deaf = true;
      database.fates.push('unreplicated');
      const head = stage.head + 1;
      const slow = stage.event(0, 'e1', 1);
      await stage.pass(1_000);
      workflow.tell({ ranges: [], sums: [], catalogue: 1, head });
      await stage.pass(1_000);
      database.failOver();
      await stage.done(stage.event(1, 'e2', 5));
      await stage.done(slow);
      return stage.end();
    },
  },
];
