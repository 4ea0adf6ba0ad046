import type { PlanSnapshot } from '../../../billing/catalogue.js';
import type { Command } from '../../../billing/command.js';
import type { SumRow } from '../../../billing/log.js';
import { microOf, unitsIn } from './facts.js';
import type { Period } from './periods.js';

/** One lot of credits of the reference model. */
interface ModelLot {
  readonly id: string;
  readonly kind: string;
  /** What it began with. */
  amount: number;
  left: number;
  readonly fromMs: number;
  endsMs: number;
  /** Only this period's usage burns it; null: any. */
  readonly period: number | null;
}

const KINDS = ['promotion', 'grant', 'rollover', 'refund', 'purchase'];

/** Credits as a list of lots: sorted for each burn, burned in a loop, in the order of the log. */
export class ModelCredits {
  lots: ModelLot[] = [];
  readonly uncovered = new Map<number, number>();
  private closedThrough = -1;

  /** A period begins: its plan's grant comes, and ends with it. */
  begin({ index, startMs, endMs, plan }: Period): void {
    const { creditGrant } = plan.plan;
    if (!creditGrant || index <= this.closedThrough) return;
    const id = `grant/${index}`;
    const amount = microOf(creditGrant.amount);
    const known = this.lots.find((lot) => lot.id === id);
    if (!known) {
      this.add({ id, kind: 'grant', amount, fromMs: startMs, endsMs: endMs, period: index });
      return;
    }
    // Another plan from the same minute on: the larger of both grants.
    const more = amount - known.amount;
    if (more > 0) Object.assign(known, { amount, left: known.left + more, endsMs: endMs });
  }

  private add(lot: Omit<ModelLot, 'left'>): void {
    this.lots.push({ ...lot, left: lot.amount });
  }

  /** A period goes that time alone had opened: its grant never came. */
  drop({ index }: Period): void {
    const unspent = (lot: ModelLot) => lot.id === `grant/${index}` && lot.left === lot.amount;
    this.lots = this.lots.filter((lot) => !unspent(lot));
  }

  given({ id, kind, amount, expiresAtMs, atMs }: Extract<Command, { type: 'credits' }>): void {
    const endsMs = expiresAtMs ?? Number.POSITIVE_INFINITY;
    const lot = { id: `credit/${id}`, kind, amount: microOf(amount), fromMs: atMs };
    this.add({ ...lot, endsMs, period: null });
  }

  /** Usage of one row: earliest end first, then by kind, then the oldest. */
  use(plan: PlanSnapshot, period: number, row: SumRow): void {
    const { meter, properties = {}, quantity } = row;
    if (row.derived || !plan.plan.creditGrant) return;
    const quantities = { [meter]: quantity };
    const micro = unitsIn(plan, 'credits', { quantities, properties, count: 0 });
    const atMs = row.bucket * 1000;
    if (micro > 0) this.burn(micro, period, atMs);
    if (micro < 0) this.refund(-micro, period, atMs);
  }

  private burn(micro: number, period: number, atMs: number): void {
    let owed = micro;
    for (const lot of [...this.lots].sort(inOrder)) {
      if (atMs >= lot.endsMs || (lot.period !== null && lot.period !== period)) continue;
      const part = Math.min(lot.left, owed);
      lot.left -= part;
      owed -= part;
    }
    this.owe(period, owed);
  }

  private refund(micro: number, period: number, atMs: number): void {
    const owed = Math.min(micro, this.uncovered.get(period) ?? 0);
    this.owe(period, -owed);
    const id = `refund/period-${period}`;
    const known = this.lots.find((lot) => lot.id === id);
    const amount = micro - owed;
    if (known) known.left += amount;
    else if (amount > 0) {
      const endsMs = Number.POSITIVE_INFINITY;
      this.add({ id, kind: 'refund', amount, fromMs: atMs, endsMs, period: null });
    }
  }

  private owe(period: number, micro: number): void {
    this.uncovered.set(period, (this.uncovered.get(period) ?? 0) + micro);
  }

  /** A period ends, by its fence: what is left rolls over, up to a maximum; what has ended goes. */
  close({ index, endMs, plan }: Period, next: Period): void {
    const own = this.lots.filter((lot) => lot.period !== null && lot.period <= index);
    const left = own.reduce((sum, lot) => sum + lot.left, 0);
    this.closedThrough = Math.max(this.closedThrough, index);
    for (const lot of this.lots) {
      const isOver = lot.period !== null && lot.period <= index;
      if (isOver || lot.endsMs <= endMs) lot.left = 0;
    }
    // A spent lot is forgotten: what is refunded later is a lot of its own time.
    this.lots = this.lots.filter(({ left: some, period }) => {
      return some > 0 || (period !== null && period > this.closedThrough);
    });
    const most = microOf(plan.plan.creditGrant?.rolloverMax ?? '0');
    const rolled = Math.min(left, most);
    if (rolled === 0 || next.index <= this.closedThrough) return;
    const covers = Math.min(rolled, this.uncovered.get(next.index) ?? 0);
    this.owe(next.index, -covers);
    const id = `rollover/${next.index}`;
    const bounds = { fromMs: next.startMs, endsMs: next.endMs, period: next.index };
    this.add({ id, kind: 'rollover', amount: rolled, ...bounds });
    const lot = this.lots.at(-1);
    if (lot) lot.left -= covers;
  }

  /** What is left at an instant, by lot. */
  left(nowMs: number): Map<string, number> {
    const lots = this.lots.filter(({ left, endsMs }) => left > 0 && endsMs > nowMs);
    return new Map(lots.map(({ id, left }) => [id, left]));
  }
}

function inOrder(a: ModelLot, b: ModelLot): number {
  if (a.endsMs !== b.endsMs) return a.endsMs < b.endsMs ? -1 : 1;
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.fromMs - b.fromMs;
}
