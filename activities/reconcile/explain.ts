import { extendTo, openSegment } from '../../billing/customer/periods/segments.js';
import type { Invoice } from '../../billing/invoice.js';
import type { CustomerKey } from '../../billing/log.js';
import { explainInvoice } from '../../billing/reconcile/explainInvoice.js';
import type { Explained, Step } from '../../billing/reconcile/explanation.js';
import { UsageTally } from '../../billing/reconcile/tally.js';
import type { CustomerState } from '../../billing/state.js';
import type { ReconcileDeps } from './deps.js';
import { tallying } from './events.js';
import { foldLog, type FoldVisitor } from './foldLog.js';
import { groundOf } from './ground.js';
import { invoiceNamed, invoicesOf, linesNamed, previewOf, UnknownSubject } from './question.js';
import { standingOf } from './standing.js';

/** What is to be explained. */
export interface Question {
  /** Our id, its number or Stripe's id; null: the invoice to come. */
  readonly invoice: string | null;
  /** Its ref, or its place from 1; null: all lines. */
  readonly line: string | null;
  /** Newest events and reports that are listed of each meter. */
  readonly listed: number;
}

/** An answer with the invoice it is about. */
export interface Explanation {
  /** Null: the invoice to come. */
  readonly invoice: Invoice | null;
  readonly explained: Explained;
  readonly steps: readonly Step[];
  /** False where anything came out otherwise than the invoice says. */
  readonly equal: boolean;
}

/**
 * From lines of an invoice back to price, arithmetic, reports and events. The whole log is read,
 * in pages, and folded from the entries; nothing is changed.
 * @throws UnknownSubject for an invoice or line that is not there, or a customer without a period.
 */
export async function explain(
  deps: ReconcileDeps,
  key: CustomerKey,
  question: Question,
): Promise<Explanation> {
  const { ledger, client } = deps;
  const invoices = await invoicesOf(ledger, key);
  const invoice = question.invoice === null ? null : invoiceNamed(invoices, question.invoice);
  // An invoice outlives its customer: it is explained by the log of its own life.
  const life = (invoice && (await ledger.invoices.owner(key.mode, invoice.id))) ?? key;
  const standing = await standingOf(client, life);
  const { tally, state } = await readLog(deps, life, question.listed, { invoice, standing });
  if (state.segments.length === 0) throw new UnknownSubject('period to explain', ['none yet']);
  const explained = invoice ?? previewOf(state);
  const lines = linesNamed(explained, question.line);
  const about = { state, standing, tally, invoices, lines, listed: question.listed };
  const ground = await groundOf(deps, about);
  return { invoice, explained, ...explainInvoice(ground, explained, lines) };
}

/** An invoice is explained by the whole log, the one to come by what the workflow has seen. */
async function readLog(
  { ledger }: ReconcileDeps,
  key: CustomerKey,
  listed: number,
  { invoice, standing }: Pick<Explanation, 'invoice'> & { readonly standing: CustomerState | null },
) {
  const wanted = new Set(invoice?.lines.map(({ period }) => Date.parse(period.start)));
  let seen: CustomerState | null = null;
  const tally = new UsageTally((index) => {
    const startMs = seen?.segments.find((segment) => segment.index === index)?.startMs;
    // One that this very group opens is not known yet.
    return invoice === null || startMs === undefined || wanted.has(startMs) ? listed : 0;
  });
  const counting = tallying(tally);
  const visitor: FoldVisitor = {
    group: (before, group, published) => counting.group(before, group, published),
    folded: (after) => {
      seen = after;
      counting.folded(after);
    },
  };
  const head = await ledger.log.head(key);
  const upTo = invoice || !standing ? { mark: head } : standing;
  const { state, missing } = await foldLog(ledger, key, upTo, visitor);
  if (missing !== null) throw new Error(`log number ${missing} of ${key.customer} is missing`);
  return { tally, state: untilNow(state, standing) };
}

/** Time opens periods that the log alone does not know yet. */
function untilNow(state: CustomerState, standing: CustomerState | null): CustomerState {
  if (!standing || standing.segments.length === 0 || state.segments.length === 0) return state;
  return extendTo(state, openSegment(standing).startMs);
}
