import * as fc from 'fast-check';
import { play, WEIGHTS } from './run.js';
import { scripts } from './script.js';

/** Commands of one run. */
export const COMMANDS = 200;

/** Runs of one campaign. */
export const RUNS = 5_000;

/**
 * What a campaign may take, ms. Alone it takes about two minutes; beside much other work its share
 * of the machine can be a sixth. One that is cut short has played too few runs, and fails.
 */
const LIMIT_MS = 900_000;

/** Jest's own limit for a campaign. */
export const CAMPAIGN_LIMIT_MS = LIMIT_MS + 120_000;

/**
 * Plays runs of 200 commands. The first that breaks a promise is shrunk and thrown with its seed
 * and path; else answers how many runs there were: fewer than wanted where time ran out.
 */
export function campaign(seed: number, numRuns = RUNS): number {
  const before = process.cpuUsage();
  const details = fc.check(
    fc.property(scripts(WEIGHTS, COMMANDS), (script) => void play(script)),
    { seed, numRuns, interruptAfterTimeLimit: LIMIT_MS },
  );
  if (details.failed && !details.interrupted) throw new Error(fc.defaultReportMessage(details));
  const spentMicros = process.cpuUsage(before).user / (details.numRuns * COMMANDS);
  const said = `${details.numRuns} of ${numRuns} runs of ${COMMANDS} commands, seed ${seed}`;
  process.stderr.write(`model: ${said}, ${spentMicros.toFixed(0)} us of processor a command\n`);
  return details.numRuns;
}
