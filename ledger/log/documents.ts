import type { Mode } from '../../billing/catalogue.js';
import type { CustomerKey, LogGroup } from '../../billing/log.js';
import type mongoose from 'mongoose';
import { exactly } from '../connection.js';
import { LedgerError } from '../errors.js';

/** A group as it is stored. */
export interface GroupDocument extends LogGroup {
  /** `MODE/CUSTOMER#LIFE/NUMBER`, the number padded: order of ids = order of numbers. */
  readonly _id: string;
  /** Only on fences, the same as `_id`: an index of fences alone. */
  readonly fenceId?: string;
  /** Earliest and latest instant of its usage, ms; absent without usage. */
  readonly earliestMs?: number;
  readonly latestMs?: number;
}

/** The collection of all logs. */
export type GroupCollection = mongoose.mongo.Collection<GroupDocument>;

/** Digits of a number in an id: 10^12 groups of one customer. */
const NUMBER_DIGITS = 12;
const NUMBER_MAX = 10 ** NUMBER_DIGITS - 1;

/** Index by which groups with usage of a span of time are found. */
export const USAGE_TIMES = 'usageTimes';

/**
 * Makes the indexes that the protocol rests on; repeatable. Reads once, too: the embedded server
 * looks through a collection at the first read after its start (1 s for 500,000 events), and
 * would do so for each of many first requests at once.
 */
export async function createLogIndexes(log: GroupCollection): Promise<void> {
  await log.createIndexes([
    { key: { mode: 1, customer: 1, life: 1, 'entries.id': 1 }, unique: true, name: 'entryOnce' },
    { key: { recordedAtMs: 1 }, name: 'recordedAt' },
    { key: { mode: 1, customer: 1, latestMs: 1 }, name: USAGE_TIMES },
    { key: { fenceId: 1 }, sparse: true, name: 'fences' },
  ]);
  await log.findOne({ _id: '' });
}

/** The id of a group. @throws LedgerError `invalid` for a number out of range. */
export function groupDocumentId(key: CustomerKey, number: number): string {
  if (!Number.isInteger(number) || number < 0 || number > NUMBER_MAX) {
    throw new LedgerError('invalid', `log number ${number} of ${key.customer} is out of range`);
  }
  const padded = String(number).padStart(NUMBER_DIGITS, '0');
  return `${key.mode}/${exactly(key.customer)}#${key.life}/${padded}`;
}

/** Filter for the numbers of one log within [from, to]. Ids hold no `/`, so no other log's. */
export function numbersBetween(key: CustomerKey, from: number, to = NUMBER_MAX) {
  return { $gte: groupDocumentId(key, from), $lte: groupDocumentId(key, Math.min(to, NUMBER_MAX)) };
}

/** Filter for all logs of a mode. */
export function logsOf(mode: Mode) {
  return { $gte: `${mode}/`, $lt: `${mode}0` };
}

/** The stored form of a group. */
export function documentOf(group: LogGroup): GroupDocument {
  const _id = groupDocumentId(group, group.number);
  const isFence = group.entries[0]?.kind === 'fence';
  return { _id, ...group, ...(isFence ? { fenceId: _id } : {}), ...spanOf(group) };
}

/** A group as it was written, without what only the store needs. */
export function groupOf(document: GroupDocument): LogGroup {
  const { mode, customer, life, number, group, fence } = document;
  const { catalogue, recordedAtMs, entries, sums, ends } = document;
  const key = { mode, customer, life };
  const counted = { ...key, number, group, fence, catalogue, recordedAtMs, entries, sums };
  return ends ? { ...counted, ends } : counted;
}

function spanOf(group: LogGroup): { readonly earliestMs?: number; readonly latestMs?: number } {
  let earliestMs = Infinity;
  let latestMs = -Infinity;
  const stretch = (atMs: number) => {
    earliestMs = Math.min(earliestMs, atMs);
    latestMs = Math.max(latestMs, atMs);
  };
  for (const entry of group.entries) if (entry.kind === 'usage') stretch(entry.atMs);
  for (const row of group.sums) stretch(row.bucket * 1000);
  return earliestMs <= latestMs ? { earliestMs, latestMs } : {};
}
