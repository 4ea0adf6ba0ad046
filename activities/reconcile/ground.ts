import { changeSegment, linkOf } from '../../billing/customer/periods/segments.js';
import type { Invoice, InvoiceLine } from '../../billing/invoice.js';
import type {
  Ground,
  ReceiptedReport,
  ReportsShown,
} from '../../billing/reconcile/explanation.js';
import { storedReports } from '../../billing/reconcile/intentComparison.js';
import { forgottenBilled, lateBefore } from '../../billing/reconcile/billedElsewhere.js';
import type { UsageTally } from '../../billing/reconcile/tally.js';
import type { CustomerState, Segment } from '../../billing/state.js';
import type { Intent } from '../../ledger/stores/contract.js';
import { summed } from '../stripe/summary.js';
import type { ReconcileDeps } from './deps.js';
import { sessionOf } from './look.js';

/** Gathers what lines are explained from: fences, stored reports and their receipts. */

/** Receipts asked for at most, over all meters. */
const RECEIPTS_MAX = 100;

const NO_REPORTS: ReportsShown = { count: 0, acceptedUnits: 0, otherUnits: 0, shown: [] };

/** What is known before anything is gathered. */
export interface About {
  /** The log folded. */
  readonly state: CustomerState;
  readonly standing: CustomerState | null;
  readonly tally: UsageTally;
  /** All invoices of the customer, in the order they became final. */
  readonly invoices: readonly Invoice[];
  readonly lines: readonly InvoiceLine[];
  readonly listed: number;
}

/** Reads what the lines need. @throws what Stripe or the ledger throws. */
export async function groundOf(deps: ReconcileDeps, about: About): Promise<Ground> {
  const { tally, invoices, standing } = about;
  let { state } = about;
  const fences = new Map<number, number | null>();
  const reports = new Map<string, ReportsShown>();
  let receipts = RECEIPTS_MAX;
  for (const { segment, meter } of usageOf(about)) {
    const { index } = segment;
    if (!fences.has(index)) fences.set(index, await fenceAt(deps, state, index));
    const intents = await deps.ledger.intents.ofSegment(state.key, index, meter);
    state = withReports(about, state, index, meter, intents);
    const listed = intents.slice(Math.max(0, intents.length - about.listed));
    const shown = await receipted(deps, standing ?? state, segment, listed, receipts);
    receipts -= Math.min(receipts, listed.length);
    reports.set(`${index} ${meter}`, reportsShown(intents, shown));
  }
  return {
    state,
    tally,
    fenceOf: (index) => fences.get(index) ?? null,
    reportsOf: (index, meter) => reports.get(`${index} ${meter}`) ?? NO_REPORTS,
    lateBefore: (line, segment) => lateBefore(invoices, line, segment),
  };
}

/** Each (segment, meter) that the lines are about, once. */
function usageOf({ state, lines }: About) {
  const usage = new Map<string, { readonly segment: Segment; readonly meter: string }>();
  for (const { meter, period } of lines) {
    const startMs = Date.parse(period.start);
    const segment = state.segments.find((candidate) => candidate.startMs === startMs);
    if (meter && segment) usage.set(`${segment.index} ${meter}`, { segment, meter });
  }
  return usage.values();
}

async function fenceAt(
  { ledger }: ReconcileDeps,
  { key }: CustomerState,
  index: number,
): Promise<number | null> {
  const found = await ledger.log.entry(key, `fence/closed-${index}`);
  return found?.number ?? null;
}

/** The log does not hold what Stripe was told, nor what an invoice finalised without us covers. */
function withReports(
  { standing, invoices }: About,
  state: CustomerState,
  index: number,
  meter: string,
  intents: readonly Intent[],
): CustomerState {
  const segment = state.segments.find((candidate) => candidate.index === index);
  if (!segment) return state;
  const { totals } = storedReports({ segment: index, meter }, intents);
  const reports = { ...segment.reports, ...(intents.length > 0 ? { [meter]: totals } : {}) };
  const known = standing?.segments.find((candidate) => candidate.index === index);
  const billed = known?.billed ?? forgottenBilled(state, invoices, segment, meter);
  return changeSegment(state, index, { reports, billed });
}

function reportsShown(
  intents: readonly Intent[],
  shown: readonly ReceiptedReport[],
): ReportsShown {
  const sum = (some: readonly Intent[]) => some.reduce((all, { value }) => all + value, 0);
  const acceptedUnits = sum(intents.filter(({ state }) => state === 'accepted'));
  const count = intents.length;
  return { count, acceptedUnits, otherUnits: sum(intents) - acceptedUnits, shown };
}

/** One summary of one minute for each of the newest `most`: its minute is its own. */
async function receipted(
  deps: ReconcileDeps,
  state: CustomerState,
  segment: Segment,
  intents: readonly Intent[],
  most: number,
): Promise<ReceiptedReport[]> {
  const known = state.segments.find(({ index }) => index === segment.index) ?? segment;
  const link = linkOf(state, known);
  const [first] = intents;
  if (!first || link?.meters[first.meter] === undefined || !deps.stripe[state.key.mode]) {
    return intents.map((intent) => ({ ...intent, receipt: null }));
  }
  const session = sessionOf(deps, state.key);
  const early = Math.max(0, intents.length - most);
  const read: ReceiptedReport[] = intents
    .slice(0, early)
    .map((intent) => ({ ...intent, receipt: null }));
  for (const intent of intents.slice(early)) {
    const { meter, stampSeconds } = intent;
    const minute = { fromSeconds: stampSeconds, toSeconds: stampSeconds + 60 };
    read.push({ ...intent, receipt: await summed(session, { stripe: link }, meter, minute) });
  }
  return read;
}
