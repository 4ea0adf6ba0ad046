import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Bill, NotedCredit } from '../../billing/bill.js';
import { billOf } from '../../billing/customer/invoice/bills.js';
import { customerNow } from '../../billing/customer/clock.js';
import { isTerminal } from '../../billing/customer/periods/segments.js';
import type { Command } from '../../billing/command.js';
import type { Invoice } from '../../billing/invoice.js';
import type { InvoiceStore } from '../../ledger/stores/contract.js';
import { ACT_LIMIT_MS, type ChangePorts } from '../customers/asking.js';
import { commandEntry, commandId } from '../customers/command.js';
import { requireCustomer } from '../customers/read.js';
import { Problem, unavailable } from '../errors/problem.js';
import { idempotencyKey } from '../http/idempotency.js';
import { shown } from '../http/inspect.js';
import { callerOf, type Call } from '../http/operation.js';
import { until } from '../reading/poll.js';
import { shortText } from '../schemas/customer.js';
import { checkAct, judgeAct, judgeCredit, type Act, type Place } from './judge.js';

/** What an operator asks of one invoice: written into the log, answered once it is done. */

/** What these operations stand on. */
export interface InvoiceActingPorts extends ChangePorts {
  readonly invoices: InvoiceStore;
}

/** Body of approve and hold. */
export const invoiceActSchema = z
  .strictObject({ reason: shortText.optional() })
  .meta({ id: 'InvoiceAct' });

/** Body of credit. */
export const invoiceCreditSchema = z
  .strictObject({ amountMinor: z.int().min(1), reason: shortText })
  .meta({ id: 'InvoiceCredit' });

/** The invoice as it is once the workflow has acted. @throws Problem where it can't be done. */
export async function actOn(
  ports: InvoiceActingPorts,
  call: Call<{ readonly id: string }>,
  act: Act,
): Promise<Invoice> {
  const { mode } = callerOf(call);
  const place = await placeOf(ports, mode, call.path.id);
  const name = idempotencyKey(call.header('idempotency-key'));
  const id = commandId(name, randomUUID());
  const { state } = place;
  // Asked again under its key, after an answer that was lost: it may have changed the state.
  if (!(await ports.log.entry(state.key, id))) checkAct(place, act);
  const command = commandOf(place, act, customerNow(state, ports.now()));
  const entry = commandEntry(id, command, { invoice: place.invoice.id, ...act });
  const { status, number } = await ports.asking.write(state.key, entry);
  if (status === 'conflict') {
    const detail = `${shown(name)} was used for another request.`;
    throw new Problem('idempotency_key_reused', detail);
  }
  await ports.asking.acted(state.key, number, call.gone);
  const waiting = { number, gone: call.gone };
  if (place.bill) judgeAct(await attended(ports, place, act, waiting), act, id);
  else judgeCredit(await noted(ports, place, id, call.gone), act.amountMinor ?? 0);
  return requireInvoice(ports, mode, call.path.id);
}

function commandOf({ bill, segment, late, invoice }: Place, act: Act, atMs: number): Command {
  if (bill) return { type: 'invoice', ...act, segment, ...(late ? { late } : {}), atMs };
  const { amountMinor = 0, reason } = act;
  const stripeInvoice = invoice.stripe?.invoice ?? '';
  return { type: 'creditNote', stripeInvoice, amountMinor, reason, atMs };
}

async function requireInvoice(
  { invoices }: InvoiceActingPorts,
  mode: Invoice['mode'],
  id: string,
): Promise<Invoice> {
  const invoice = await invoices.find(mode, id);
  if (invoice) return invoice;
  throw new Problem('not_found', `There is no invoice ${shown(id)} in ${mode} mode.`);
}

/** Where the state has it; the first invoice of a plan and old ones it has not (any more). */
async function placeOf(
  ports: InvoiceActingPorts,
  mode: Invoice['mode'],
  id: string,
): Promise<Place> {
  const invoice = await requireInvoice(ports, mode, id);
  const state = await requireCustomer(ports, mode, invoice.customer);
  const owner = await ports.invoices.owner(mode, id);
  if (owner && owner.life !== state.key.life) {
    const detail = `${shown(id)} is of a life of ${shown(invoice.customer)} that was deleted.`;
    throw new Problem('conflict', detail);
  }
  const late = invoice.reason === 'late';
  const startMs = Date.parse(invoice.period.start);
  const isFirst = invoice.reason === 'start';
  const segment = state.segments.find((candidate) => candidate.startMs === startMs);
  const bill = isFirst || !segment ? null : (billOf(segment, late) ?? null);
  return { invoice, state, segment: segment?.index ?? 0, late, bill };
}

interface Waiting {
  readonly number: number;
  readonly gone: AbortSignal;
}

/**
 * The invoice in the state once Stripe and the stored one have followed. One that was let go is
 * waited for until it is collected or held again, for as long as there is time.
 */
async function attended(
  { standings }: InvoiceActingPorts,
  { state: { key }, segment: index, late }: Place,
  { action }: Act,
  { number, gone }: Waiting,
): Promise<Bill> {
  let latest: Bill | null = null;
  const done = await until(
    async () => {
      const seen = await standings.ofWorkflow(key);
      const segment = seen?.segments.find((candidate) => candidate.index === index);
      const bill = segment && billOf(segment, late);
      if (!bill || (bill.attended ?? 0) < number) return null;
      latest = bill;
      return action !== 'approve' || isTerminal(bill) ? bill : null;
    },
    { limitMs: ACT_LIMIT_MS, gone },
  );
  const found = done ?? latest;
  if (found) return found;
  throw unavailable(`${key.customer}'s invoice is still on its way.`, undefined, 2);
}

/** The credit once Stripe has answered for it. */
async function noted(
  { standings }: InvoiceActingPorts,
  { state: { key } }: Place,
  id: string,
  gone: AbortSignal,
): Promise<NotedCredit> {
  const done = await until(
    async () => {
      const note = (await standings.ofWorkflow(key))?.notes?.[id];
      return note?.done ? note : null;
    },
    { limitMs: ACT_LIMIT_MS, gone },
  );
  if (done) return done;
  throw unavailable(`The credit for ${key.customer} is still on its way.`, undefined, 2);
}
