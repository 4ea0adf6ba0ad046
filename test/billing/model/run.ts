import { Chance } from '../../simulation/chance.js';
import { begin, CUSTOMER_MOVES } from './customerMoves.js';
import { Examiner } from './examiner.js';
import { HOLD_MOVES } from './holdMoves.js';
import type { Script, Weights } from './script.js';
import { TIME_MOVES } from './timeMoves.js';
import { USAGE_MOVES } from './usageMoves.js';
import { type Parts, World } from './world.js';

const MOVES = { ...USAGE_MOVES, ...HOLD_MOVES, ...CUSTOMER_MOVES, ...TIME_MOVES };

/** How often each command comes, of about 150. */
export const WEIGHTS: Weights = {
  ingest: 14,
  repeatEvent: 1,
  voidEvent: 3,
  arrive: 14,
  arriveUnhealed: 4,
  overlap: 3,
  tellAhead: 4,
  loseMessages: 1,
  reserve: 22,
  askAgain: 4,
  askOtherwise: 1,
  commit: 18,
  release: 4,
  extend: 3,
  lease: 5,
  spendLease: 9,
  shrink: 2,
  changePlan: 1,
  changeZone: 1,
  changeControls: 2,
  changeCeiling: 2,
  addCredits: 2,
  tick: 10,
  advance: 10,
  clockStep: 1,
  closePeriod: 2,
  flush: 3,
  stripeReply: 2,
  crash: 1,
  restore: 1,
  continueAsNew: 2,
};

/** Plays one run and examines it. @throws BrokenPromise where a promise is broken. */
export function play(script: Script, parts?: Parts): World {
  try {
    return playOnce(new World(script.setup, parts), script);
  } catch {
    // Every run is a function of its script: once more, now with its story.
    const world = new World(script.setup, parts);
    world.isTold = true;
    try {
      playOnce(world, script);
    } catch (error) {
      if (error instanceof Error) error.message += `\n${world.story.slice(-25).join('\n')}`;
      throw error;
    }
    throw new Error('a run that failed did not fail again');
  }
}

function playOnce(world: World, { setup, moves }: Script): World {
  const examiner = new Examiner();
  world.watch = examiner;
  begin(world, new Chance(setup ^ 0x5bd1e995));
  for (const { name, dice } of moves) {
    const doing = MOVES[name];
    if (!doing) throw new Error(`no command is called ${name}`);
    doing(world, new Chance(dice));
  }
  examiner.end(world);
  return world;
}
