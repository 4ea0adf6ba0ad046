import { billableQuantity } from '../meters.js';
import type { CustomerState, MeterTotal, Segment } from '../state.js';
import { addTotals } from '../totals.js';
import { snapshotOf } from '../customer/periods/segments.js';
import { foundOf, type Found } from './difference.js';

/**
 * The log folded from its beginning against the workflow's own state at the same mark: state =
 * fold(log up to mark), so every period must hold the same usage.
 */

const NOTHING: MeterTotal = { quantity: 0, count: 0, max: 0, last: null };

/** How a workflow that differs from its log is put right; the log stands. */
export const REBUILD =
  'The log is the truth: end the workflow in Temporal (terminate), the next message rebuilds it';

type Totals = Readonly<Record<string, MeterTotal>>;

/** Every period and meter in which the workflow has counted something else than the log says. */
export function foldDifferences(fold: CustomerState, standing: CustomerState): Found[] {
  if (standing.halted !== null) return [haltedFinding(fold, standing)];
  return [
    ...planDifferences(fold, standing),
    ...standing.segments.flatMap((segment) => segmentDifferences(fold, standing, segment)),
  ];
}

function haltedFinding({ mark }: CustomerState, standing: CustomerState): Found {
  const detail = `The workflow has halted: ${standing.halted}`;
  const subject = { where: 'ledgerWorkflow', segment: null, meter: null } as const;
  return foundOf(subject, mark, standing.mark, detail);
}

function planDifferences(fold: CustomerState, standing: CustomerState): Found[] {
  const version = ({ plan }: CustomerState) => plan?.version ?? 0;
  const same = fold.plan?.id === standing.plan?.id && version(fold) === version(standing);
  if (same) return [];
  const subject = { where: 'ledgerWorkflow', segment: null, meter: null } as const;
  const detail = `The log says plan ${nameOf(fold)}, the workflow ${nameOf(standing)}. ${REBUILD}`;
  return [foundOf(subject, version(fold), version(standing), detail)];
}

function nameOf({ plan }: CustomerState): string {
  return plan ? `${plan.id}@${plan.version}` : 'none';
}

function segmentDifferences(
  fold: CustomerState,
  standing: CustomerState,
  segment: Segment,
): Found[] {
  // Time opens periods, the log alone only those with usage or an act in them.
  const own = fold.segments.find(({ index }) => index === segment.index);
  const expected = usageOf(own, segment);
  const found = usageOf(segment, segment);
  const { meters } = snapshotOf(standing, segment.plan);
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return names.flatMap((name) => {
    const [meter, part] = name.split(' ') as [string, string];
    const definition = meters[meter];
    const wanted = expected[name] ?? NOTHING;
    const seen = found[name] ?? NOTHING;
    const field = firstDiffering(wanted, seen);
    if (field === null) return [];
    const subject = { where: 'ledgerWorkflow', segment: segment.index, meter } as const;
    const billed = (total: MeterTotal) => (definition ? billableQuantity(definition, total) : 0);
    const isBilled = billed(wanted) !== billed(seen);
    const numbers = isBilled ? billed : (total: MeterTotal) => numberIn(total, field);
    const what = isBilled ? 'usage' : field;
    const detail = `${what} ${part} of ${meter} at log number ${standing.mark}. ${REBUILD}`;
    return [foundOf(subject, numbers(wanted), numbers(seen), detail)];
  });
}

/**
 * Totals by `METER PART`. Without Stripe time alone ends a period, not the log, so what is late
 * there is told apart by the workflow alone.
 */
function usageOf(own: Segment | undefined, { stripe }: Segment): Totals {
  if (!own) return {};
  const named: Record<string, MeterTotal> = {};
  for (const [meter, total] of Object.entries(own.totals)) named[`${meter} counted`] = total;
  for (const [meter, total] of Object.entries(own.late)) {
    const name = `${meter} ${stripe ? 'late' : 'counted'}`;
    named[name] = addTotals(named[name], total);
  }
  return named;
}

type Field = 'quantity' | 'count' | 'max' | 'last';

function numberIn(total: MeterTotal, field: Field): number {
  return field === 'last' ? (total.last?.quantity ?? 0) : total[field];
}

function firstDiffering(a: MeterTotal, b: MeterTotal): Field | null {
  for (const field of ['quantity', 'count', 'max'] as const) {
    if (a[field] !== b[field]) return field;
  }
  return a.last?.id === b.last?.id && numberIn(a, 'last') === numberIn(b, 'last') ? null : 'last';
}
