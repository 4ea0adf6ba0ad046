import type { CustomerKey } from '../../billing/log.js';
import type { Found } from '../../billing/reconcile/difference.js';
import { foldDifferences } from '../../billing/reconcile/foldComparison.js';
import {
  allowedUnits,
  knownDifferences,
  reportedMeters,
  storedReports,
  toldDifferences,
} from '../../billing/reconcile/intentComparison.js';
import { foundOf } from '../../billing/reconcile/difference.js';
import type { CustomerState } from '../../billing/state.js';
import { openSession, type StripeSession } from '../stripe/session.js';
import { type ReportsRead, invoiceFindings, usageFindings } from './atStripe.js';
import type { ReconcileDeps } from './deps.js';
import { grossUnits } from './events.js';
import { foldLog } from './foldLog.js';
import { standingOf } from './standing.js';

/** Time one look may spend at Stripe. */
const STRIPE_MS = 240_000;

/** Periods that are compared at Stripe: the open one and the one before. */
const SEGMENTS = 2;

/** Newest invoices that are compared. */
const INVOICES = 4;

/** Everything that differs for a customer at one mark. */
export interface Look {
  /** Log number up to which log and workflow were compared. */
  readonly mark: number;
  readonly findings: readonly Found[];
}

/** Compares once, and changes nothing. @throws when a server does not answer. */
export async function lookAt(
  deps: ReconcileDeps,
  key: CustomerKey,
  settledMs: number,
): Promise<Look> {
  const { ledger, client } = deps;
  const before = await standingOf(client, key);
  if (!before) return { mark: 0, findings: [await notRunning(deps, key)] };
  // Reports first: whatever is stored by then, the state read after them has counted.
  const reads = await reportsOf(deps, before);
  const standing = (await standingOf(client, key)) ?? before;
  const { mark, ahead } = standing;
  const { state: fold, missing } = await foldLog(ledger, key, { mark, ahead });
  if (missing !== null) return { mark, findings: [gap(missing, mark)] };
  const told = await toldFindings(deps, fold, standing, reads);
  const mendable = [
    ...reads.flatMap((read) => knownDifferences(standing, read)),
    ...(await stripeFindings(deps, standing, reads, settledMs)),
  ];
  const findings = [
    ...foldDifferences(fold, standing),
    ...told,
    ...mendable.map((finding) => (isAmong(finding, told) ? onlyShown(finding) : finding)),
  ];
  return { mark, findings };
}

/** Where reports already tell more than the log holds, nothing is sent again by itself. */
function isAmong({ segment, meter }: Found, others: readonly Found[]): boolean {
  return others.some((other) => other.segment === segment && other.meter === meter);
}

function onlyShown({ repair: _repair, ...finding }: Found): Found {
  return finding;
}

async function notRunning({ ledger }: ReconcileDeps, key: CustomerKey): Promise<Found> {
  const subject = { where: 'ledgerWorkflow', segment: null, meter: null } as const;
  const detail = 'no workflow runs for the log; the next message to the customer starts it';
  return foundOf(subject, await ledger.log.head(key), 0, detail);
}

function gap(missing: number, mark: number): Found {
  const subject = { where: 'ledgerWorkflow', segment: null, meter: null } as const;
  const detail = `log number ${missing} is missing below the mark: restore the ledger's backup`;
  return foundOf(subject, mark, missing - 1, detail);
}

async function reportsOf(
  { ledger }: ReconcileDeps,
  standing: CustomerState,
): Promise<ReportsRead[]> {
  const reads: ReportsRead[] = [];
  for (const { segment, meter } of reportedMeters(standing)) {
    const intents = await ledger.intents.ofSegment(standing.key, segment.index, meter);
    reads.push({ ...storedReports({ segment: segment.index, meter }, intents), intents });
  }
  return reads;
}

/** The log is only read entry by entry where more was told than it holds after all voids. */
async function toldFindings(
  deps: ReconcileDeps,
  fold: CustomerState,
  standing: CustomerState,
  reads: readonly ReportsRead[],
): Promise<Found[]> {
  const findings: Found[] = [];
  for (const read of reads) {
    const segment = standing.segments.find(({ index }) => index === read.segment);
    if (!segment) continue;
    const allowed = allowedUnits(fold, segment, read.meter);
    const isMore = read.totals.intended > allowed;
    const most = isMore ? await grossUnits(deps.ledger, standing, segment, read.meter) : allowed;
    findings.push(...toldDifferences(fold, standing, read, Math.max(most, allowed)));
  }
  return findings;
}

async function stripeFindings(
  deps: ReconcileDeps,
  standing: CustomerState,
  reads: readonly ReportsRead[],
  settledMs: number,
): Promise<Found[]> {
  const { key } = standing;
  const { invoices } = await deps.ledger.invoices.list({ ...key, limit: INVOICES });
  if (reads.length === 0 && invoices.length === 0) return [];
  const session = sessionOf(deps, key);
  const newest = standing.segments.filter(({ stripe }) => stripe !== null).slice(-SEGMENTS);
  const compared = reads.filter(({ segment }) => newest.some(({ index }) => index === segment));
  const settledBeforeMs = deps.now() - settledMs;
  return [
    ...(await usageFindings(session, standing, compared, settledBeforeMs)),
    ...(await invoiceFindings(session, standing, invoices)),
  ];
}

/** @throws Error where no Stripe key of the mode is set. */
export function sessionOf(deps: ReconcileDeps, { mode }: CustomerKey): StripeSession {
  const stripe = deps.stripe[mode];
  if (!stripe) throw new Error(`no Stripe key is set for ${mode} mode`);
  return openSession(stripe, deps.ledger.ensures, deps.now, STRIPE_MS);
}
