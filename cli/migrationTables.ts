import { z } from 'zod';
import { RANKS } from '../billing/migration/percentiles.js';
import type { MigrationTotals } from '../billing/migration/totals.js';
import { formatMinor, groupDigits } from '../billing/money.js';
import { figuresTable } from './figuresTable.js';

/** A migration as people read it: usage, each customer's two bills, and all together. */

const quantity = z.union([z.number(), z.string()]);
const planName = z.object({ id: z.string(), version: z.number() });

/** One customer, as the API answers it. */
const row = z.object({
  customer: z.string(),
  plan: planName.nullable(),
  periods: z.number(),
  from: z.string().nullable(),
  until: z.string().nullable(),
  usage: z.record(z.string(), quantity),
  oldAmountMinor: z.number(),
  newAmountMinor: z.number(),
  applied: z.boolean(),
  reason: z.string().nullable(),
  at: z.string().nullable(),
});

/** One page of a migration, as the API answers it. */
export const migrationPage = z.object({
  to: planName,
  currency: z.string(),
  data: z.array(row),
  nextCursor: z.string().nullable(),
});

/** One customer's row. */
export type MigrationRow = z.output<typeof row>;

/** Of each meter: what a rank, or the most, of the customers use in a period. */
export type Spread = Readonly<Record<`p${(typeof RANKS)[number]}` | 'max', number | string>>;

/** How much is used, meter by meter. */
export function usageTable(percentiles: Readonly<Record<string, Spread>>): string {
  const ranks = [...RANKS.map((rank) => `p${rank}` as const), 'max' as const];
  const cells = Object.entries(percentiles).map(([meter, spread]) => {
    return [meter, ...ranks.map((rank) => grouped(spread[rank]))];
  });
  return figuresTable(['units of a period', ...ranks], 1, cells);
}

/** Credits have a part behind the point. */
function grouped(units: number | string): string {
  const [whole = '', part] = String(units).split('.');
  return part === undefined ? groupDigits(whole) : `${groupDigits(whole)}.${part}`;
}

/** Each customer's bills, and what becomes of it. */
export function billsTable(
  rows: readonly MigrationRow[],
  to: string,
  currency: string,
): string {
  const head = ['customer', 'plan', 'moves', 'periods', 'as it is', `under ${to}`, 'difference'];
  const cells = rows.map((each) => {
    const { customer, plan, periods, oldAmountMinor, newAmountMinor } = each;
    const amounts = [oldAmountMinor, newAmountMinor, newAmountMinor - oldAmountMinor];
    const money = amounts.map((minor) => formatMinor(String(minor), currency));
    const name = plan ? `${plan.id}@${plan.version}` : '';
    return [customer, name, outcome(each), String(periods), ...money];
  });
  return figuresTable(head, 3, cells);
}

/** When it moves, or why it stays. */
function outcome({ applied, reason, at }: MigrationRow): string {
  if (reason !== null) return `stays: ${REASONS[reason] ?? reason}`;
  const day = at === null ? '' : at.slice(0, 10);
  return applied ? `on ${day}` : `would on ${day}`;
}

const REASONS: Readonly<Record<string, string>> = {
  halted: 'its log needs an operator',
  canceled: 'it has left',
  incomplete: 'it has no card yet',
  otherPlan: 'it is on another plan',
  alreadyThere: 'it is there already',
  grandfathered: 'it is grandfathered',
  trialing: 'it is in its trial',
  changing: 'a change is under way',
  changeScheduled: 'another change is scheduled',
  otherInterval: 'the interval differs',
};

/** All customers together, in words. */
export function totalsText(totals: MigrationTotals, to: string, currency: string): string {
  const money = (minor: number) => formatMinor(String(minor), currency);
  const { customers, oldAmountMinor, newAmountMinor, up, down } = totals;
  const side = (name: string, { customers: count, amountMinor }: MigrationTotals['up']) =>
    `${groupDigits(count)} would pay ${name}, ${money(amountMinor)} in all`;
  return [
    `${groupDigits(customers)} ${customers === 1 ? 'customer' : 'customers'}: ${money(
      oldAmountMinor,
    )} as it is, ${money(newAmountMinor)} under ${to}.`,
    `${side('more', up)}; ${side('less', down)}.`,
  ].join('\n');
}
