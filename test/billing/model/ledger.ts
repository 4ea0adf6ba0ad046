import { actsOf, endsOf, onlyCount } from '../../../billing/entries.js';
import type {
  CustomerKey,
  LogEntry,
  LogGroup,
  LogStretch,
  UsageMessage,
} from '../../../billing/log.js';
import { sumRows } from '../../../billing/sums.js';
import { mergeRows } from '../../../billing/mergedRows.js';
import { PUBLISHED } from './plans.js';

/** The customer of all modelled worlds. */
export const KEY: CustomerKey = { mode: 'test', customer: 'acme', life: 1 };

/** Makes the rows of a group; a planted fault can take the place of the product's own. */
export type Summing = (entries: readonly LogEntry[]) => LogGroup['sums'];

/** The log as the ledger would hold it: groups in order, an id once, fences remembered. */
export class Ledger {
  readonly groups: LogGroup[] = [];
  /** How rows of several groups travel together. Credits burn in log order: those stay apart. */
  join: typeof mergeRows = (a, b) => [...a, ...b];
  /** Number of the newest epoch fence. */
  epoch = 0;
  private readonly ids = new Set<string>();
  private readonly ended = new Set<string>();
  /** Number of the newest group with a command or a fence. */
  private acting = 0;

  constructor(private readonly summing: Summing = (entries) => sumRows(entries, PUBLISHED)) {}

  get head(): number {
    return this.groups.length;
  }

  knows(id: string): boolean {
    return this.ids.has(id);
  }

  /** True when a fence that stands ends this hold. */
  hasEnded(hold: string): boolean {
    return this.ended.has(hold) || epochOf(hold) < this.epoch;
  }

  /** Writes one group; its ids must be new. */
  append(entries: readonly LogEntry[], recordedAtMs = 0): LogGroup {
    const number = this.groups.length + 1;
    for (const { id } of entries) {
      if (this.ids.has(id)) throw new Error(`${id} would stand twice`);
      this.ids.add(id);
    }
    const group: LogGroup = {
      ...KEY,
      number,
      group: `group-${number}`,
      fence: 0,
      catalogue: PUBLISHED.revision,
      recordedAtMs,
      entries,
      sums: this.summing(entries),
      ends: endsOf(entries),
    };
    this.groups.push(group);
    if (!onlyCount(entries)) this.acting = number;
    for (const entry of entries) if (entry.kind === 'fence') this.note(number, entry.fence);
    return group;
  }

  private note(number: number, fence: Extract<LogEntry, { kind: 'fence' }>['fence']): void {
    if (fence.type === 'epoch') this.epoch = number;
    if (fence.type === 'expired') for (const hold of fence.holds) this.ended.add(hold);
  }

  /** What a process tells of groups that only count; without `sums` it tells the head alone. */
  message(from: number, to: number): UsageMessage {
    const groups = this.groups.slice(from - 1, to);
    const quiet = groups.every(({ entries }) => onlyCount(entries)) && groups.length > 0;
    if (!quiet) return { ranges: [], sums: [], catalogue: PUBLISHED.revision, head: this.head };
    return {
      ranges: [[from, to]],
      sums: groups.map(({ sums }) => sums).reduce(this.join, []),
      ends: groups.flatMap(({ ends }) => ends ?? []),
      catalogue: PUBLISHED.revision,
      head: this.head,
      quietFrom: this.actingBelow(from) + 1,
    };
  }

  private actingBelow(number: number): number {
    if (this.acting < number) return this.acting;
    for (let below = number - 1; below > 0; below -= 1) {
      if (!onlyCount(this.groups[below - 1]?.entries ?? [])) return below;
    }
    return 0;
  }

  /** What a heal reads: from here to the head, or before a number; `size` groups a stretch. */
  stretches(from: number, before: number | null, size: number): LogStretch[] {
    const groups = this.groups.slice(from - 1, before === null ? undefined : before - 1);
    const stretches: LogStretch[] = [];
    for (const group of groups) {
      const own: LogStretch = {
        from: group.number,
        to: group.number,
        sums: group.sums,
        ends: group.ends ?? [],
        acts: actsOf(group.entries),
      };
      const last = stretches.at(-1);
      const joins = last && last.acts.length + own.acts.length === 0 && last.to - last.from < size;
      if (joins) stretches[stretches.length - 1] = joined(last, own, this.join);
      else stretches.push(own);
    }
    return stretches;
  }
}

/** Rows of equal keys added up, whatever group they are of. */
export const MERGED: typeof mergeRows = mergeRows;

function joined(a: LogStretch, b: LogStretch, join: typeof mergeRows): LogStretch {
  return {
    from: a.from,
    to: b.to,
    sums: join(a.sums, b.sums),
    ends: [...(a.ends ?? []), ...(b.ends ?? [])],
    acts: [],
  };
}

/** The epoch in a hold's name `ID#SERIAL@EPOCH`. */
export function epochOf(hold: string): number {
  return Number(hold.slice(hold.lastIndexOf('@') + 1));
}
