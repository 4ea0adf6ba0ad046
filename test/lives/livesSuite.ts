import { liveOnce, shown, type Outcome } from './check.js';
import { settleGlobals } from './setting.js';
import type { Lives } from './settings.js';

/** So many lives of one file, and what is told of them. */

/** Lives shown when some fail; the rest are counted. */
const SHOWN_MAX = 5;

/** Frames of a stack cost more than all the rest of a request. */
const FRAMES_KEPT = 0;

/** Lives them all. @throws Error that names each that went wrong, by its seed. */
export async function liveMany({ first, count, tells }: Lives): Promise<void> {
  settleGlobals();
  const frames = Error.stackTraceLimit;
  Error.stackTraceLimit = tells ? frames : FRAMES_KEPT;
  const outcomes: Outcome[] = [];
  const before = process.cpuUsage();
  for (let seed = first; seed < first + count; seed += 1) outcomes.push(await liveOnce(seed));
  const { user, system } = process.cpuUsage(before);
  Error.stackTraceLimit = frames;
  process.stderr.write(
    `${count} lives from seed ${first}, ${((user + system) / 1_000_000).toFixed(1)} s of ` +
      `processor: ${countsText(outcomes)}\n`,
  );
  if (tells) for (const { tale } of outcomes) process.stderr.write(`${tale}\n`);
  const failed = outcomes.filter(({ faults }) => faults.length > 0);
  if (failed.length === 0) return;
  const some = failed.slice(0, SHOWN_MAX).map(shown).join('\n');
  const again = 'Repeat one with DURABILL_TEST_LIFE=SEED.';
  throw new Error(`${failed.length} of ${count} lives went wrong. ${again}\n${some}`);
}

/** The sums over all lives: `3577 invoices, 94 in review`. */
function countsText(outcomes: readonly Outcome[]): string {
  const names = Object.keys(outcomes[0]?.counts ?? {});
  const sum = (name: string) => outcomes.reduce((all, { counts }) => all + (counts[name] ?? 0), 0);
  return names.map((name) => `${sum(name)} ${name}`).join(', ');
}
