import type { Invoice } from '../../billing/invoice.js';
import { entriesIn, periodsOf } from './oracle/timeline.js';
import type { Remains } from './oracle/facts.js';
import type { Script } from './script.js';

/** All that happened in one life, for whoever looks for why it went wrong. */

const minute = (ms: number) => new Date(ms).toISOString().slice(0, 16);

function invoiceText({ reason, period, plan, status, lines, review, subtotalMinor }: Invoice) {
  const shown = lines.map(({ ref, quantity, amountMinor }) => `${ref} ${quantity}=${amountMinor}`);
  const what = `${reason} ${period.start.slice(0, 16)} ${plan.id} ${status} ${subtotalMinor}`;
  const why = review ? `; ${review.reason}: ${review.detail}` : '';
  return `${what}: ${shown.join(', ')}${why}`;
}

/** The moves, the log, the periods found in it by hand, and the invoices. */
export function taleOf(script: Script, { groups, untilMs, invoices }: Remains): string {
  const { moves, anchorMs, switches, webhooks, approves, faultProbability } = script;
  const log = entriesIn(groups).map(({ number, entry }) => {
    if (entry.kind === 'command') {
      const text = JSON.stringify(entry.command, (name, value: unknown) =>
        name === 'plan' && value !== null && typeof value === 'object' && 'id' in value
          ? value.id
          : value,
      );
      return `${number} ${text.slice(0, 240)}`;
    }
    const counted = 'quantities' in entry ? `${JSON.stringify(entry.quantities)} ` : '';
    return `${number} ${entry.id} ${counted}${'atMs' in entry ? minute(entry.atMs) : ''}`;
  });
  return [
    JSON.stringify({ switches, webhooks, approves, faultProbability }),
    ...moves.map(({ afterMs, ...move }) => `${minute(anchorMs + afterMs)} ${JSON.stringify(move)}`),
    ...log,
    ...periodsOf(groups, untilMs).map(
      ({ index, startMs, endMs, plan, end }) =>
        `period ${index} ${minute(startMs)} to ${minute(endMs)} ${plan.id} ${end}`,
    ),
    ...invoices.map(invoiceText),
  ].join('\n');
}
