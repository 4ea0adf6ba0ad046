import { figuresTable } from '../figuresTable.js';
import type { CatalogueChange, CatalogueRefusal, ModeChanges } from './catalogueChanges.js';

/** How changes of a catalogue are shown to people. */

const PLACES = { engine: 'engine', stripe: 'Stripe' } as const;
const HEAD = ['where', 'what', 'change'];

/** One mode under its heading: a table of changes, or a word that there are none. */
export function changesText(
  { mode, changes, refusals, standing }: ModeChanges,
  { heading, done }: { readonly heading: string; readonly done: boolean },
): string {
  const there = standingText(standing);
  const refused = refusals.length > 0;
  if (changes.length === 0) {
    const outcome = refused ? `Refused in ${mode} mode` : `Nothing changes in ${mode} mode`;
    return `${heading}\n${outcome}. ${there}.`;
  }
  const table = figuresTable(HEAD, HEAD.length, changes.map(row));
  const verb = done ? 'Done' : refused ? 'Refused, with all the rest' : 'Would be done';
  return [heading, table, `${verb}: ${countsText(changes)}. ${there}.`].join('\n');
}

/** Archived objects among them are of plan versions that are not on offer. */
function standingText(standing: ModeChanges['standing']): string {
  const archived = standing.filter(({ state }) => state === 'archived').length;
  const there = `${countOf(standing.length - archived, 'object')} at Stripe already, as wanted`;
  return archived === 0 ? there : `${there}; ${archived} archived, not on offer`;
}

function row({ at, what, kind, sentence }: CatalogueChange): string[] {
  const judged = kind === 'worse' || kind === 'better' ? ` (${kind} for customers)` : '';
  return [PLACES[at], what, `${sentence}${judged}`];
}

function countsText(changes: readonly CatalogueChange[]): string {
  const atStripe = changes.filter(({ at }) => at === 'stripe').length;
  const inEngine = countOf(changes.length - atStripe, 'change');
  return `${inEngine} in the engine, ${countOf(atStripe, 'new object')} at Stripe`;
}

/** Everything in the way, one line each, with what of a published version would change. */
export function refusalsText(refusals: readonly CatalogueRefusal[]): string {
  const lines = refusals.flatMap(({ mode, at, what, message, differences }) => [
    `  ${mode}, ${PLACES[at]}: ${what}: ${message}`,
    ...differences.map((sentence) => `      ${sentence}`),
  ]);
  const title = `${countOf(refusals.length, 'thing')} in the way; nothing was written:`;
  return [title, ...lines].join('\n');
}

/** "1 change", "2 changes". */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
