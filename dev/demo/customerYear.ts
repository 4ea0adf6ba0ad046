import type { PlanSnapshot } from '../../billing/catalogue.js';
import { formatMinor, groupDigits } from '../../billing/money.js';
import type Stripe from 'stripe';
import type { DurabillApi } from './durabillApi.js';
import { factsOf, usageOf, yearInvoices, type InvoiceView, type MonthUsage } from './facts.js';
import { importMonth, openCustomer, type MonthImported } from './importing.js';
import { judgeCustomer, type Verdict } from './law.js';
import type { DemoMonth } from './year.js';

/** A customer, its plan and its year of events. */
export interface CustomerPlan {
  readonly id: string;
  readonly name: string;
  readonly plan: PlanSnapshot;
  readonly months: readonly DemoMonth[];
}

/** Where a year is lived: the engine, Stripe, and who is told about it. */
export interface YearStage {
  readonly api: DurabillApi;
  readonly stripe: Stripe;
  say(line: string): void;
}

/** One customer's year, lived and judged. */
export interface CustomerYear {
  readonly id: string;
  readonly verdict: Verdict;
  readonly months: readonly MonthImported[];
  readonly usage: readonly MonthUsage[];
  /** Ids of invoices that this run made, and of those it found and that differ now. */
  readonly made: readonly string[];
  readonly changed: readonly string[];
}

/** Lives the twelve months of one customer through the HTTP API, then judges every invoice. */
export async function liveYear(stage: YearStage, customer: CustomerPlan): Promise<CustomerYear> {
  const { api } = stage;
  const { id, name, plan } = customer;
  const view = await openCustomer(api, { id, name, plan: `${plan.id}@${plan.version}` });
  const before = await yearInvoices(api, id);
  const months: MonthImported[] = [];
  for (const month of customer.months) {
    const imported = await importMonth(api, id, month, view.period.index);
    months.push(imported);
    if (imported.closedNow) stage.say(await monthLine(api, customer, month));
  }
  if (months.every(({ closedNow }) => !closedNow)) {
    stage.say(`  ${id}: its twelve months stand already; the clock was not moved.`);
  }
  const usage: MonthUsage[] = [];
  for (const month of customer.months) usage.push(await usageOf(api, id, month, plan));
  const facts = await factsOf(stage, view, plan, usage);
  const known = new Map(before.map((invoice) => [invoice.id, invoice]));
  return {
    id,
    verdict: judgeCustomer(facts),
    months,
    usage,
    made: facts.invoices.filter((one) => !known.has(one.id)).map((one) => one.id),
    changed: facts.invoices.filter((one) => differs(known.get(one.id), one)).map((one) => one.id),
  };
}

function differs(before: InvoiceView | undefined, after: InvoiceView): boolean {
  return before !== undefined && JSON.stringify(before) !== JSON.stringify(after);
}

async function monthLine(
  api: DurabillApi,
  { id, plan }: CustomerPlan,
  month: DemoMonth,
): Promise<string> {
  const label = new Date(month.startMs).toISOString().slice(0, 7);
  const calls = `${groupDigits(month.events.length)} calls`.padStart(11);
  const newest = (await yearInvoices(api, id)).at(-1);
  const money = newest
    ? `${formatMinor(String(newest.totalMinor), plan.currency)} ${newest.status}`
    : 'nothing to pay';
  return `  ${label}  ${id.padEnd(12)}${calls}   ${money}`;
}
