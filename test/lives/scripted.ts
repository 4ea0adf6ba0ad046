import type { Invoice } from '../../billing/invoice.js';
import { liveOnce, type Outcome } from './check.js';
import type { Script, Timed } from './script.js';

/** Lives that are told move by move, for what a random one seldom meets. */

/** One day, ms. */
export const DAY_MS = 86_400_000;

const SCRIPT: Script = {
  seed: 7,
  plan: 'metered',
  anchorMs: Date.UTC(2026, 0, 1),
  lengthMs: 150 * DAY_MS,
  switches: { emptyInvoices: false, summaryLagMs: 0, advanceMs: 0 },
  faultProbability: 0,
  webhooks: 'never',
  approves: 'soon',
  historyLengthMax: 2000,
  moves: [],
};

/** Tokens used so many days after the life began, dated so many days before that. */
export function used(afterDays: number, tokens: number, agoDays = 0): Timed {
  const event = { id: `e${afterDays}`, quantities: { tokens }, agoMs: agoDays * DAY_MS };
  return { do: 'use', events: [event], telling: 'sums', afterMs: afterDays * DAY_MS };
}

/** A plan asked for at the end of the period, or now. */
export function changed(afterDays: number, plan: string, when: 'now' | 'periodEnd'): Timed {
  return { do: 'plan', plan, when, afterMs: afterDays * DAY_MS };
}

/** `reason start lines` of each invoice, by the end of its period; of lines those that cost. */
export function shown({ invoices }: Outcome): string[] {
  const text = ({ reason, period, lines }: Invoice) =>
    `${reason} ${period.start.slice(0, 10)} ${lines
      .filter(({ amountMinor }) => amountMinor !== 0)
      .map(({ ref, amountMinor }) => `${ref}=${amountMinor}`)
      .join(' ')}`;
  return [...invoices].sort((a, b) => a.period.end.localeCompare(b.period.end)).map(text);
}

/** Lives it, and finds nothing wrong with it. */
export async function lived(
  moves: readonly Timed[],
  change: Partial<Script> = {},
): Promise<Outcome> {
  const outcome = await liveOnce(7, { script: () => ({ ...SCRIPT, ...change, moves }) });
  expect(outcome.faults).toEqual([]);
  return outcome;
}
