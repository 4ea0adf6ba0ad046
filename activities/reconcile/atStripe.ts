import type { StripeLink } from '../../billing/command.js';
import { linkOf } from '../../billing/customer/periods/segments.js';
import type { StripeInvoiceView } from '../../billing/customer/invoice/view.js';
import type { Invoice } from '../../billing/invoice.js';
import type { Found } from '../../billing/reconcile/difference.js';
import { invoiceDifferences } from '../../billing/reconcile/invoiceComparison.js';
import {
  canReport,
  type StoredReports,
} from '../../billing/reconcile/intentComparison.js';
import { driftFinding } from '../../billing/reconcile/usageComparison.js';
import type { CustomerState, Segment } from '../../billing/state.js';
import type { Intent } from '../../ledger/stores/contract.js';
import { viewOf } from '../stripe/invoice/view.js';
import { wholeMinutes } from '../stripe/intents.js';
import type { StripeSession } from '../stripe/session.js';
import { summed } from '../stripe/summary.js';
import { findDrifts } from './drifts.js';

/** Stripe's side of a customer: what it counted, and what stands on its invoices. */

/** Stored reports of one (segment, meter), one by one and added up. */
export interface ReportsRead extends StoredReports {
  readonly intents: readonly Intent[];
}

/** Summaries against accepted reports, of the segments whose usage Stripe still rates or rated. */
export async function usageFindings(
  session: StripeSession,
  standing: CustomerState,
  reads: readonly ReportsRead[],
  settledBeforeMs: number,
): Promise<Found[]> {
  const findings: Found[] = [];
  for (const read of reads) {
    const { meter, intents: reports } = read;
    const segment = standing.segments.find(({ index }) => index === read.segment);
    const link = segment && linkOf(standing, segment);
    if (!segment?.stripe || !link || link.meters[meter] === undefined) continue;
    const { index, startMs, endMs, stripe } = segment;
    const whole = wholeMinutes({ index, startMs, endMs, ...stripe });
    if (whole.fromSeconds >= whole.toSeconds) continue;
    const summary = (span: typeof whole) => summed(session, { stripe: link }, meter, span);
    const drifts = await findDrifts({ read: summary, reports, settledBeforeMs }, whole);
    const subject = { segment: index, meter };
    const resends = canReport(segment);
    findings.push(...drifts.map((drift) => driftFinding(subject, drift, resends)));
  }
  return findings;
}

/** Our stored invoices against Stripe's. */
export async function invoiceFindings(
  session: StripeSession,
  standing: CustomerState,
  invoices: readonly Invoice[],
): Promise<Found[]> {
  const findings: Found[] = [];
  for (const invoice of invoices) {
    if (!invoice.stripe || invoice.status === 'draft') continue;
    const segment = segmentAbout(standing, invoice);
    const views = await viewsOf(session, standing, segment, invoice.stripe.invoice);
    // Stripe rates a draft's usage only when it is finalised.
    const final = views.filter(({ status }) => status !== 'draft');
    const found = final.map((view) => invoiceDifferences(invoice, view, segment?.index ?? null));
    // Its lines may come from items of the subscription before or after a change of plan.
    found.sort((a, b) => a.length - b.length);
    findings.push(...(found[0] ?? []));
  }
  return findings;
}

/** The segment that an invoice is about, by its period; undefined once it is gone. */
function segmentAbout(standing: CustomerState, { period }: Invoice): Segment | undefined {
  return standing.segments.find(({ startMs }) => startMs === Date.parse(period.start));
}

async function viewsOf(
  session: StripeSession,
  standing: CustomerState,
  about: Segment | undefined,
  id: string,
): Promise<StripeInvoiceView[]> {
  const invoice = await session.stripe.invoices.retrieve(id, {}, session.within());
  const segments = about ? [about, ...standing.segments] : standing.segments;
  const links = new Map<string, StripeLink>();
  for (const segment of segments) {
    const link = linkOf(standing, segment);
    if (link) links.set(JSON.stringify(link.items) + String(link.baseItem), link);
  }
  const views: StripeInvoiceView[] = [];
  for (const link of links.values()) views.push(await viewOf(session, link, invoice));
  return views;
}
