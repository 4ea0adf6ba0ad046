import type { Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import type { CustomerKey, LogEntry, UsageEntry } from '../../billing/log.js';
import type { LogReader, LogWriter } from '../../ledger/contract.js';
import type { StoredCustomer } from '../../ledger/stores/contract.js';
import type { Catalogues } from '../reading/catalogues.js';
import type { CustomerRows } from '../reading/customerRows.js';
import { contentHash, usageEntry } from './content.js';
import type { DefaultPlan } from './defaultPlan.js';
import {
  countedAtMs,
  customerRefusal,
  meterRefusal,
  timeRefusal,
  unknownMeter,
} from './judge.js';
import type { AppendedUsage, LeaseUsage } from './leaseUsage.js';
import { drawnMarks, marksOf, outcomeOf } from './outcome.js';
import {
  rejected,
  type Checked,
  type Outcome,
  type Refusal,
  type Submission,
} from './submission.js';

/** Writes events into the logs of their customers and says what became of each. */

/** What recording stands on. */
export interface RecorderPorts {
  readonly writer: LogWriter;
  readonly usage: LeaseUsage;
  readonly log: LogReader;
  readonly rows: CustomerRows;
  readonly catalogues: Catalogues;
  readonly defaultPlan: DefaultPlan;
  readonly now: () => number;
}

interface Placed {
  readonly at: number;
  readonly event: Submission;
}

/** One customer as its events are judged. */
interface Scene {
  readonly key: CustomerKey;
  readonly row: StoredCustomer | null;
  readonly catalogue: PublishedCatalogue;
  readonly nowMs: number;
  /** The command that makes the customer; null: it exists. */
  readonly making: LogEntry | null;
}

interface Standing {
  readonly entry: LogEntry;
  readonly number: number;
}

/** An id that stands is answered from what stands, whatever is wrong with it now. */
function outcomeOfRefused(
  event: Submission,
  hash: string,
  refusal: Refusal,
  found: Standing | undefined,
): Outcome {
  if (!found) return rejected(refusal);
  const { entry, number } = found;
  const status = entry.hash === hash ? 'duplicate' : 'conflict';
  return outcomeOf(event, { status, number, entry }, {});
}

function byCustomer(checked: readonly Checked[]): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  checked.forEach((one, at) => {
    if ('refusal' in one) return;
    const placed = { at, event: one.event };
    const group = groups.get(one.event.customer);
    if (group) group.push(placed);
    else groups.set(one.event.customer, [placed]);
  });
  return groups;
}

/** Records events: one append per customer. */
export class Recorder {
  constructor(private readonly ports: RecorderPorts) {}

  /**
   * The outcome of each event, in order.
   * @throws Problem or LedgerError `unavailable`: nothing is acknowledged, send all again.
   */
  async record(mode: Mode, checked: readonly Checked[]): Promise<readonly Outcome[]> {
    const outcomes: (Outcome | undefined)[] = checked.map((one) =>
      'refusal' in one ? rejected(one.refusal) : undefined,
    );
    await Promise.all(
      [...byCustomer(checked)].map(async ([customer, placed]) => {
        const found = await this.recordOf(mode, customer, placed.map(({ event }) => event));
        placed.forEach(({ at }, index) => (outcomes[at] = found[index]));
      }),
    );
    return outcomes as Outcome[];
  }

  private async recordOf(
    mode: Mode,
    customer: string,
    events: readonly Submission[],
  ): Promise<readonly Outcome[]> {
    const scene = await this.sceneOf(mode, customer, events);
    if (!scene) return events.map((event) => rejected(customerRefusal(event)));
    const hashes = events.map(contentHash);
    const refusals = events.map((event) => refusalOf(event, scene));
    const entries = events.flatMap((event, at) => {
      const atMs = countedAtMs(event, scene.row, scene.nowMs);
      return refusals[at] ? [] : [usageEntry(event, hashes[at] as string, atMs)];
    });
    const appended = await this.append(scene, entries);
    const standing = await this.standing(scene.key, events.filter((_, at) => refusals[at]));
    let taken = 0;
    return events.map((event, at) => {
      const refusal = refusals[at];
      if (refusal) {
        return outcomeOfRefused(event, hashes[at] as string, refusal, standing.get(event.id));
      }
      const { outcome, entry } = appended[taken++] as AppendedUsage;
      return outcomeOf(event, outcome, { ...this.marks(scene, event), ...drawnMarks(entry) });
    });
  }

  private async sceneOf(
    mode: Mode,
    customer: string,
    events: readonly Submission[],
  ): Promise<Scene | null> {
    const [row, known] = await Promise.all([
      this.ports.rows.find(mode, customer),
      this.ports.catalogues.require(mode),
    ]);
    const nowMs = this.ports.now() + (row?.offsetMs ?? 0);
    const making = row ? null : await this.ports.defaultPlan.command(mode, nowMs);
    const key = row?.key ?? this.ports.rows.nextKey(mode, customer);
    if (!key || (!row && !making)) return null;
    const missing = events.some((event) => unknownMeter(event, known) !== null);
    const catalogue = missing ? await this.ports.catalogues.again(mode) : known;
    return { key, row, catalogue, nowMs, making };
  }

  private async append(
    { key, making, nowMs, catalogue }: Scene,
    entries: readonly UsageEntry[],
  ): Promise<readonly AppendedUsage[]> {
    if (entries.length === 0) return [];
    // A customer that nobody knows has no lease: what names one is usage like any other.
    if (!making) return this.ports.usage.append(key, entries, catalogue);
    const [made, ...rest] = await this.ports.writer.append(key, [making, ...entries]);
    if (made?.status !== 'recorded') this.ports.defaultPlan.ensureSoon(key, nowMs);
    return rest.map((outcome, at) => ({ outcome, entry: entries[at] as UsageEntry }));
  }

  /** What stands already under the ids of events that would be refused if they were new. */
  private async standing(
    key: CustomerKey,
    refused: readonly Submission[],
  ): Promise<ReadonlyMap<string, Standing>> {
    if (refused.length === 0) return new Map();
    const found = await this.ports.log.entries(key, refused.map(({ id }) => id));
    return new Map(found.map((one) => [one.entry.id, one]));
  }

  private marks(scene: Scene, event: Submission): ReturnType<typeof marksOf> {
    const plan = scene.row?.plan;
    const name = plan ? `${plan.id}@${plan.version}` : '';
    const making = scene.making?.kind === 'command' ? scene.making.command : null;
    const made = making?.type === 'customer' ? making.plan : undefined;
    const snapshot = made ?? scene.catalogue.snapshots[name] ?? null;
    return marksOf(event, snapshot, scene.row?.status ?? 'active');
  }
}

function refusalOf(event: Submission, scene: Scene): Refusal | null {
  return timeRefusal(event, scene.nowMs) ?? meterRefusal(event, scene.catalogue);
}
