import type { Invoice } from '../../../billing/invoice.js';
import type { Kinds } from '../../../dev/stripe/state/records.js';
import { invoiceOf, isFinalisedThere, linesOf, sumOf, type Facts } from './facts.js';
import { isBilled, pricesOf } from './invoiceLaws.js';
import { firstFlat, naiveLines, rounded, type Halves } from './naivePrice.js';
import type { Period } from './timeline.js';

/** What stands at Stripe: equal to ours, nothing twice, and what differs is not collected. */

/** Every law about Stripe. Answers what differs, in words. */
export function stripeFaults(facts: Facts): string[] {
  return [
    ...facts.account.store.all('invoice').flatMap((invoice) => invoiceAtStripe(facts, invoice)),
    ...facts.invoices.flatMap((invoice) => missingAtStripe(facts, invoice)),
    ...facts.periods
      .filter((period) => isBilled(period, facts.untilMs))
      .flatMap((period) => [...reviewFaults(facts, period), ...reportFaults(facts, period)]),
    ...twiceFaults(facts),
  ];
}

function invoiceAtStripe(facts: Facts, stripe: Kinds['invoice']): string[] {
  const ours = facts.invoices.filter((one) => one.stripe?.invoice === stripe.id);
  const { id, status, subtotal, amount_paid: paid } = stripe;
  if (ours.length > 1) return [`${id} is ${ours.length} invoices of ours`];
  const [our] = ours;
  if (!our) return subtotal === 0 ? [] : [`${id} (${subtotal}, ${status}) is unknown to us`];
  const isMismatch = our.review?.reason === 'mismatch';
  // What Stripe has finalised by itself it has collected by itself.
  if (isMismatch && !isFinalisedThere(facts, our)) {
    const isSeen = our.review?.stripeMinor === subtotal;
    const isHeld = paid === 0 && isSeen && our.status !== 'finalized';
    return isHeld ? [] : [`${id} differs, is ${our.status}, and Stripe has collected ${paid}`];
  }
  const isSame = our.subtotalMinor === subtotal || isMismatch;
  if (isSame && our.status === 'paid' && status === 'paid') return [];
  return [`${id}: ${our.subtotalMinor} ${our.status}, at Stripe ${subtotal} ${status}`];
}

function missingAtStripe({ account }: Facts, { id, stripe }: Invoice): string[] {
  const isThere = stripe !== null && account.store.get('invoice', stripe.invoice) !== undefined;
  return isThere ? [] : [`${id} does not stand at Stripe`];
}

/** What Stripe comes to for a period's usage, by the positions of its switches. */
function atStripe(facts: Facts, period: Period, invoice: Invoice): number {
  const { tieRounding, flatAtZero } = facts.account.switches;
  const halves: Halves = tieRounding === 'halfEven' ? 'even' : 'away';
  return pricesOf(period).reduce((sum, [meter, price]) => {
    const shown = linesOf(invoice, meter).filter(({ ref }) => !ref.endsWith('/flat'));
    const units = shown.reduce((all, { quantity }) => all + Number(quantity), 0);
    const beyond = price.type === 'volume' ? Math.max(0, units - (price.included ?? 0)) : units;
    const flat = flatAtZero && beyond === 0 ? firstFlat(price) : 0;
    const lines = naiveLines(price, units).map(({ exact }) => rounded(exact, halves));
    return sum + flat + lines.reduce((all, amount) => all + amount, 0);
  }, 0);
}

/** In review for a difference: exactly where Stripe counts otherwise. */
function reviewFaults(facts: Facts, period: Period): string[] {
  const invoice = invoiceOf(facts, period, 'close');
  if (!invoice) return [];
  const usage = sumOf(pricesOf(period).flatMap(([meter]) => linesOf(invoice, meter)));
  // An invoice of our own holds our own lines: Stripe rates nothing of it.
  const isOwn = isApart(facts, invoice);
  const differs = !isOwn && atStripe(facts, period, invoice) !== usage;
  // What needs no payment (balance, minimum) is paid at Stripe once it is final: it is told.
  const isHeld = invoice.review?.reason === 'mismatch';
  const isTheirs = isFinalisedThere(facts, invoice);
  if (differs === isHeld && (!isHeld || isTheirs || isUncollected(facts, invoice))) return [];
  const found = `${invoice.status}, ${JSON.stringify(invoice.review)}`;
  return [`period ${period.index}: ${differs ? 'differs at' : 'is as at'} Stripe, and is ${found}`];
}

/** In review; or paid by Stripe itself, without any payment. */
function isUncollected({ account }: Facts, { status, stripe }: Invoice): boolean {
  const standing = account.store.get('invoice', stripe?.invoice ?? '');
  const isFree = standing?.amount_due === 0 && standing.amount_paid === 0;
  return status === 'inReview' ? standing?.status !== 'paid' : isFree;
}

function isApart({ account }: Facts, { stripe }: Invoice): boolean {
  const standing = account.store.get('invoice', stripe?.invoice ?? '');
  return standing?.billing_reason === 'manual';
}

/** Units that Stripe has counted within a period are those that it was told of it. */
function reportFaults(facts: Facts, period: Period): string[] {
  const { account, intents } = facts;
  return pricesOf(period).flatMap(([meter, price]) => {
    const own = intents.filter((one) => one.segment === period.index && one.meter === meter);
    const open = own.filter(({ state }) => state !== 'accepted');
    const told = own.reduce((sum, { value }) => sum + value, 0);
    const counted = account.store
      .all('meterEvent')
      .filter((event) => own.some(({ id }) => id === event.identifier) && !event.cancelled)
      .filter(({ timestamp }) => isWithin(period, timestamp * 1000))
      .reduce((sum, { value }) => sum + Number(value), 0);
    const where = `${meter} of period ${period.index}`;
    const invoice = invoiceOf(facts, period, 'close');
    const isOther = !invoice || isApart(facts, invoice);
    const isWhole = isOther || told === reportable(facts, period, meter, price);
    return [
      ...open.map(({ id, state, reason }) => `${where}: ${id} is ${state}, ${reason}`),
      ...(counted === told ? [] : [`${where}: ${told} told, Stripe counted ${counted}`]),
      ...(isWhole ? [] : [`${where}: ${told} told of what the invoice holds`]),
    ];
  });
}

function isWithin({ startMs, endMs }: Period, atMs: number): boolean {
  return atMs >= startMs && atMs < endMs;
}

/** What of a period's invoice Stripe has to know: what it includes itself is not told. */
function reportable(
  facts: Facts,
  period: Period,
  meter: string,
  price: ReturnType<typeof pricesOf>[number][1],
): number {
  const lines = linesOf(invoiceOf(facts, period, 'close'), meter);
  const units = lines
    .filter(({ ref }) => !ref.endsWith('/flat'))
    .reduce((sum, { quantity }) => sum + Number(quantity), 0);
  const isApartThere = price.type === 'volume' || price.type === 'package';
  return isApartThere ? Math.max(0, units - (price.included ?? 0)) : units;
}

/** One of each: names we gave, identifiers, subscriptions that run. */
function twiceFaults({ account, intents, periods }: Facts): string[] {
  const { store } = account;
  const refs = (kind: 'invoice' | 'invoiceItem' | 'customer' | 'subscription') =>
    store.all(kind).flatMap(({ metadata }) => metadata?.['durabill_ref'] ?? []);
  const named = [
    ...refs('invoice').map((ref) => `invoice ${ref}`),
    ...refs('invoiceItem').map((ref) => `item ${ref}`),
    ...refs('customer').map((ref) => `customer ${ref}`),
    ...refs('subscription').map((ref) => `subscription ${ref}`),
    ...store.all('meterEvent').map(({ identifier }) => `event ${identifier}`),
  ];
  const twice = named.filter((name, at) => named.indexOf(name) !== at);
  const ours = new Set(intents.map(({ id }) => id));
  const strange = store.all('meterEvent').filter(({ identifier }) => !ours.has(identifier));
  const running = store.all('subscription').filter(({ ended_at: endedAt }) => endedAt === null);
  // Nobody moves Stripe's clock on for one that ends there by itself.
  const endless = running.some((subscription) => !subscription.cancel_at_period_end);
  return [
    ...twice.map((name) => `${name} stands twice at Stripe`),
    ...strange.map(({ identifier }) => `event ${identifier} is no report of ours`),
    ...(running.length > 1 ? [`${running.length} subscriptions run`] : []),
    ...(endless && periods.at(-1)?.end === 'left' ? ['left, and its subscription runs on'] : []),
    ...(store.all('customer').length > 1 ? ['more than one customer'] : []),
  ];
}
