import { conditionsOf } from '../branches.js';
import type { PropertyValue, PublishedCatalogue, Where } from '../catalogue.js';
import type { InvoiceReview } from '../invoice.js';
import type { LogEntry, LogGroup, SumRow } from '../log.js';
import { erasedCommand } from './erasedCommand.js';

/**
 * What is left of a deleted customer's log: quantities, times and ids, so that an invoice that is
 * kept can still be computed anew. Names, addresses, end users, free text and properties go.
 */

/** Stands for a hash: that of what was erased would let anybody who guesses it be sure. */
const NO_HASH = '';

/** Values that rating asks for, by property: those that some `where` ever published names. */
export type KeptValues = ReadonlyMap<string, ReadonlySet<string>>;

/** Any other value counts in rating like a missing one, so it need not stay. */
export function keptValues({ meters, costs, snapshots }: PublishedCatalogue): KeptValues {
  const published = [meters, ...Object.values(snapshots).map((snapshot) => snapshot.meters)];
  const all = published.flatMap((one) => Object.values(one));
  const wheres = [
    ...all.map(({ where }) => where),
    ...all.flatMap(({ rates = [] }) => rates.map(({ where }) => where)),
    ...costs.map(({ where }) => where),
  ];
  return valuesOf(wheres);
}

function valuesOf(wheres: readonly (Where | undefined)[]): KeptValues {
  const kept = new Map<string, Set<string>>();
  for (const { name, values } of wheres.flatMap(conditionsOf)) {
    const known = kept.get(name) ?? new Set();
    for (const value of values) known.add(value);
    kept.set(name, known);
  }
  return kept;
}

/** A group without personal data; what is erased once stays as it is. */
export function erasedGroup(group: LogGroup, kept: KeptValues): LogGroup {
  return {
    ...group,
    entries: group.entries.map((entry) => erasedEntry(entry, kept)),
    sums: group.sums.map((row) => erasedRow(row, kept)),
  };
}

function erasedEntry(entry: LogEntry, kept: KeptValues): LogEntry {
  switch (entry.kind) {
    case 'usage':
      return { ...impersonal(entry, kept), hash: NO_HASH };
    case 'settle': {
      const { reserved } = entry;
      const before = reserved ? { reserved: { ...reserved, hash: NO_HASH } } : {};
      return { ...impersonal(entry, kept), ...before, hash: NO_HASH };
    }
    case 'void':
      return { ...impersonal(entry, kept), reason: '', hash: NO_HASH };
    case 'command':
      return { ...entry, command: erasedCommand(entry.command), hash: NO_HASH };
    case 'fence':
      return entry;
  }
}

function erasedRow(row: SumRow, kept: KeptValues): SumRow {
  return impersonal(row, kept);
}

/** Something that counts, for nobody in particular. */
function impersonal<
  Counted extends {
    readonly user?: string;
    readonly properties?: Readonly<Record<string, PropertyValue>>;
  },
>(counted: Counted, kept: KeptValues): Omit<Counted, 'user' | 'properties'> {
  const { user: _user, properties = {}, ...rest } = counted;
  const left = Object.entries(properties).filter(([name, value]) =>
    kept.get(name)?.has(String(value)),
  );
  return left.length === 0 ? rest : { ...rest, properties: Object.fromEntries(left) };
}

/** A review without what an operator typed; the engine's own words hold figures alone. */
export function erasedReview(review: InvoiceReview | null): InvoiceReview | null {
  return review?.reason === 'operator' ? { ...review, detail: '' } : review;
}
