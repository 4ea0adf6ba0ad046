import { DAILY } from './plan.js';
import { type Interleaving, staged, tokens } from './scripts.js';
import { MIDNIGHT_MS, type Stage } from './stage.js';

/** In which window something counts. */
export const DATES: readonly Interleaving[] = [
  {
    plant: 'part',
    tells: 'each part of a settle is dated by its own hold',
    breaks: /settled daily/,
    play: (plants) =>
      staged(plants, async (stage) => {
        await stage.until(MIDNIGHT_MS - 10_000);
        const early = await stage.reserved(0, 'r0', 40);
        await stage.commit(1, await stage.reserved(1, 'r1', 60));
        await stage.until(MIDNIGHT_MS + 1_000);
        await stage.commit(0, early, tokens(54));
      }),
  },
  {
    plant: 'date',
    tells: 'a token is dated by its lease and never by a clock of a process',
    breaks: /settled daily/,
    play: (plants) =>
      staged(plants, async (stage) => {
        await stage.until(MIDNIGHT_MS - 10_000);
        await stage.commit(1, await stage.reserved(1, 'r1', 100));
        await stage.until(MIDNIGHT_MS + 1_000);
        stage.node(0).clock.set(-13_000);
        await stage.lease(0, 10, 4);
        await stage.commit(0, stage.tokenOf(0, 40));
      }),
  },
  {
    plant: 'midnight',
    tells: 'what was reserved before midnight counts before midnight',
    breaks: /settled daily .*: 600 of 500/,
    play: (plants) => {
      const play = async (stage: Stage) => {
        await stage.until(MIDNIGHT_MS - 1_000);
        const early = await stage.reserved(0, 'r0', 100);
        await stage.until(MIDNIGHT_MS + 1_000);
        await stage.commit(1, await stage.reserved(1, 'r1', 500));
        await stage.until(MIDNIGHT_MS + 5_000);
        await stage.commit(0, early);
      };
      return staged(plants, play, [{ ...DAILY, max: 500 }]);
    },
  },
  {
    plant: 'clock',
    tells: 'a settle consults no clock: only a fence ends a hold',
    breaks: /written off, and/,
    play: (plants) =>
      staged(plants, async (stage) => {
        await stage.lease(0, 50, 2);
        stage.node(1).clock.set(100_000);
        await stage.commit(1, stage.tokenOf(0, 40));
      }),
  },
];
