import type { CustomerState, Segment } from '../../state.js';
import { billableQuantity } from '../../meters.js';
import { pricedQuantity } from '../reporting/pricedQuantity.js';
import { instantText } from '../invoice/invoicing.js';
import { pricedMeters, reportsOf } from '../reporting/reporting.js';
import { statusOf } from './row.js';
import { snapshotOf } from '../periods/segments.js';

/** A page of Markdown about one customer, for the operator who opens the workflow. */
export function detailsPage(state: CustomerState): string {
  const plan = state.plan ? `${state.plan.id}@${state.plan.version}` : 'none yet';
  const lines = [
    `**${state.key.customer}** (${state.key.mode}), plan **${plan}**, ${statusOf(state)}`,
    '',
    `Log folded to ${state.mark} of ${state.head}.`,
  ];
  if (state.halted) lines.push('', `**Halted:** ${state.halted}`);
  if (state.retry) lines.push('', `Waiting after \`${state.retry.step}\`: ${state.retry.reason}`);
  const open = state.segments.at(-1);
  if (open) lines.push('', ...usageTable(state, open));
  const closing = state.segments.filter((segment) => segment !== open && segment.stripe);
  if (closing.length > 0) lines.push('', ...closeTable(closing.slice(-3)));
  return lines.join('\n');
}

function usageTable(state: CustomerState, segment: Segment): string[] {
  const { startMs, endMs } = segment;
  const { meters } = snapshotOf(state, segment.plan);
  const priced = new Set(pricedMeters(state, segment).map(([meter]) => meter));
  const rows = Object.entries(meters).map(([id, meter]) => {
    const quantity = pricedQuantity(id, billableQuantity(meter, segment.totals[id]));
    const told = priced.has(id) ? pricedQuantity(id, reportsOf(segment, id).accepted) : '';
    return `| ${id} | ${quantity} | ${told} |`;
  });
  return [
    `Period ${segment.index}: ${instantText(startMs)} to ${instantText(endMs)} (next due: its end)`,
    '',
    '| meter | quantity | told to Stripe |',
    '| --- | ---: | ---: |',
    ...rows,
  ];
}

function closeTable(segments: readonly Segment[]): string[] {
  return [
    '| period | ended | stage | Stripe invoice |',
    '| ---: | --- | --- | --- |',
    ...segments.map(
      ({ index, endMs, stage, stripeInvoice }) =>
        `| ${index} | ${instantText(endMs)} | ${stage} | ${stripeInvoice ?? ''} |`,
    ),
  ];
}
