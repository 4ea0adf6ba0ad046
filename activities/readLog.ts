import type { PublishedCatalogue } from '../billing/catalogue.js';
import { actsOf } from '../billing/entries.js';
import type {
  ActingEntry,
  CustomerKey,
  HoldEnd,
  LogGroup,
  LogStretch,
  SumRow,
} from '../billing/log.js';
import { mergeRows } from '../billing/mergedRows.js';
import { paysInCredits } from '../billing/planMeters.js';
import { sumRows } from '../billing/sums.js';
import type { Ledger } from '../ledger/contract.js';
import type { LogActivities, LogPage } from './contract.js';

type ReadLogInput = Parameters<LogActivities['readLog']>[0];

/** Groups read at a time: a group can have 1 MB of entries. */
const GROUPS_PER_READ = 50;

/** A page ends when its JSON has grown beyond this; far below Temporal's limit of 2 MB. */
const PAGE_BYTES = 500_000;

/** A page ends when it took so long; the activity's limit is 20 s. */
const PAGE_MS = 8_000;

/** Makes rows anew where a group's were made under an older catalogue than is needed. */
type Summing = (group: LogGroup) => Promise<readonly SumRow[]>;

/** See `LogActivities.readLog`. */
export async function readLog(ledger: Ledger, input: ReadLogInput): Promise<LogPage> {
  const { key, from, before } = input;
  const head = await ledger.log.head(key);
  const summing = summingFor(ledger, input);
  const page = new PageInProgress(from, input.apart === true);
  const endsAt = performance.now() + PAGE_MS;
  const last = Math.min(head, (before ?? Number.POSITIVE_INFINITY) - 1);
  for (let next = from; next <= last && performance.now() < endsAt; next = page.next) {
    const limit = Math.min(GROUPS_PER_READ, last - next + 1);
    const run = gapless(await ledger.log.groups(key, next, limit), next);
    for (const group of run) {
      if (page.isFull()) return page.done(head, null);
      page.add(group, await summing(group));
    }
    if (run.length === limit) continue;
    const missing = await missingAt(ledger, key, next + run.length);
    if (missing !== null) return page.done(head, missing);
  }
  return page.done(head, null);
}

/** The groups up to the first number that is not there. */
function gapless(groups: readonly LogGroup[], from: number): readonly LogGroup[] {
  const gap = groups.findIndex((group, index) => group.number !== from + index);
  return gap === -1 ? groups : groups.slice(0, gap);
}

/** Looks once more before a number counts as missing: everything stops at that. */
async function missingAt(
  ledger: Ledger,
  key: CustomerKey,
  number: number,
): Promise<number | null> {
  const [group] = await ledger.log.groups(key, number, 1);
  return group?.number === number ? null : number;
}

/** @throws Error when the published catalogue is older than what the workflow needs. */
function summingFor(ledger: Ledger, { key, catalogue }: ReadLogInput): Summing {
  let newest: Promise<PublishedCatalogue | null> | null = null;
  return async (group) => {
    if (group.catalogue >= catalogue || !counts(group)) return group.sums;
    newest ??= ledger.catalogues.newest(key.mode);
    const published = await newest;
    if (!published || published.revision < catalogue) {
      const found = published?.revision ?? 'none';
      throw new Error(`catalogue ${catalogue} of ${key.mode} is not published, newest: ${found}`);
    }
    return sumRows(group.entries, published);
  };
}

/** True where other rules can give other rows. */
function counts(group: LogGroup): boolean {
  return group.entries.some(({ kind }) => kind !== 'command' && kind !== 'fence');
}

/** Neighbouring groups that only count, their rows not merged yet. */
interface OpenStretch {
  readonly from: number;
  to: number;
  rows: SumRow[];
  readonly ends: HoldEnd[];
}

/** From a plan that pays in credits on, the order of usage decides what burns. */
function bringsCredits(act: ActingEntry): boolean {
  if (act.kind !== 'command') return false;
  const { command } = act;
  const plan = 'plan' in command ? command.plan : 'next' in command ? command.next : null;
  return plan ? paysInCredits(plan.plan) : false;
}

/** Groups that only count become one stretch; a group in which anything acts stays by itself. */
class PageInProgress {
  readonly #stretches: LogStretch[] = [];
  #open: OpenStretch | null = null;
  /** Bytes of the stretches, of the open one's rows, and of its ends. */
  #bytes = 0;
  #rowBytes = 0;
  #endBytes = 0;

  /** `next` is the number that follows what is on the page; `apart`: no group joins another. */
  constructor(
    public next: number,
    private apart: boolean,
  ) {}

  add({ number, entries, ends = [] }: LogGroup, rows: readonly SumRow[]): void {
    this.next = number + 1;
    const acts = actsOf(entries);
    if (acts.length > 0 || this.apart) {
      this.#close();
      this.#put({ from: number, to: number, sums: rows, acts }, ends);
      this.apart ||= acts.some(bringsCredits);
      return;
    }
    this.#open ??= { from: number, to: number, rows: [], ends: [] };
    this.#open.to = number;
    this.#open.rows.push(...rows);
    this.#open.ends.push(...ends);
    this.#rowBytes += sizeOf(rows);
    this.#endBytes += sizeOf(ends);
  }

  /** Merging shrinks: before the page is called full, its rows are merged and measured anew. */
  isFull(): boolean {
    if (this.#size < PAGE_BYTES) return false;
    if (this.#open) {
      this.#open.rows = mergeRows([], this.#open.rows);
      this.#rowBytes = sizeOf(this.#open.rows);
    }
    return this.#size >= PAGE_BYTES;
  }

  done(head: number, missing: number | null): LogPage {
    this.#close();
    return { stretches: this.#stretches, head, missing };
  }

  get #size(): number {
    return this.#bytes + this.#rowBytes + this.#endBytes;
  }

  #close(): void {
    if (!this.#open) return;
    const { from, to, rows, ends } = this.#open;
    this.#put({ from, to, sums: mergeRows([], rows), acts: [] }, ends);
    this.#open = null;
    this.#rowBytes = 0;
    this.#endBytes = 0;
  }

  #put(counted: LogStretch, ends: readonly HoldEnd[]): void {
    const stretch = ends.length > 0 ? { ...counted, ends } : counted;
    this.#stretches.push(stretch);
    this.#bytes += sizeOf(stretch);
  }
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value).length;
}
