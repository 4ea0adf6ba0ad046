import type { PlanSnapshot } from '../../../billing/catalogue.js';
import type { Command } from '../../../billing/command.js';
import type { ActingEntry, HoldEnd, LogGroup, LogRange } from '../../../billing/log.js';
import { UTC, type Zone } from '../../../billing/windows/zone.js';
import { floorTo, MINUTE } from './calendar.js';
import { factsOf } from './facts.js';
import { Books } from './books.js';
import { ModelControls } from './modelControls.js';
import { ModelCredits } from './modelCredits.js';
import { ModelHolds } from './modelHolds.js';
import { type Period, Periods } from './periods.js';

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** True for a plan that touches Stripe. */
export function touchesStripe({ plan }: PlanSnapshot): boolean {
  return plan.prices !== undefined || (plan.baseAmountMinor ?? 0) > 0;
}

/**
 * The reference model: reads the log group by group, keeps lists, and adds up. It is told how far
 * the state has folded, and nothing else of it.
 */
export class Model {
  readonly periods = new Periods();
  readonly books = new Books();
  readonly controls = new ModelControls();
  readonly credits = new ModelCredits();
  zone: Zone = UTC;
  /** The plan in force. */
  plan: PlanSnapshot | null = null;
  pending: { readonly request: number; readonly plan: PlanSnapshot } | null = null;
  /** True once Stripe has a subscription. */
  subscribed = false;
  incomplete = false;
  mark = 0;
  private early: LogGroup[] = [];
  private readonly counted = new Set<number>();

  constructor(readonly holds = new ModelHolds()) {
    holds.forget();
    this.periods.onPeriod = (period) => this.credits.begin(period);
    this.periods.onDropped = (period) => this.credits.drop(period);
  }

  /** Reads on in the log, as far as the state says that it has folded. */
  follow(log: readonly LogGroup[], mark: number, ahead: readonly LogRange[]): void {
    while (this.mark < mark) {
      this.mark += 1;
      const group = log[this.mark - 1] as LogGroup;
      this.count(group);
      for (const entry of group.entries) {
        if (entry.kind === 'command' || entry.kind === 'fence') this.act(this.mark, entry);
      }
    }
    for (const [from, to] of ahead) {
      for (let number = from; number <= to; number += 1) this.count(log[number - 1] as LogGroup);
    }
  }

  private count(group: LogGroup): void {
    if (this.counted.has(group.number)) return;
    this.counted.add(group.number);
    for (const entry of group.entries) {
      if (entry.kind === 'settle') this.holds.settle(endsIn(entry.parts));
    }
    if (this.incomplete) return;
    if (this.periods.list.length === 0) this.early.push(group);
    else this.take(group);
  }

  /** Usage counts in the period of its time; after the fence it is late. */
  private take(group: LogGroup): void {
    for (const fact of factsOf(group)) {
      const period = this.periods.at(fact.atMs);
      period.take(fact);
      if (this.plan) this.books.add(this.plan, this.zone, period, fact);
    }
    // Credits burn row by row: a row is what all usage of one minute and kind came to.
    for (const row of group.sums) {
      const period = this.periods.at(row.bucket * 1000);
      this.credits.use(period.plan, period.index, row);
    }
  }

  private act(number: number, entry: ActingEntry): void {
    if (entry.kind === 'command') return this.command(number, entry.command);
    const { fence } = entry;
    if (fence.type === 'expired') this.holds.expire(fence.holds);
    if (fence.type === 'epoch') this.holds.voidBefore(number);
    if (fence.type === 'closed') {
      const period = this.periods.numbered(fence.segment);
      if (period && !period.closed) this.close(period);
    }
  }

  private close(period: Period): void {
    period.closed = true;
    this.credits.close(period, this.periods.at(period.endMs));
  }

  private command(number: number, command: Command): void {
    if (command.type === 'customer') this.customer(number, command);
    if (command.type === 'subscribed') {
      this.pending = null;
      this.subscribed = true;
      this.begin(command.plan, command.stripe.anchorSeconds * 1000);
    }
    if (command.type === 'subscribeFailed') this.refused(command);
    if (command.type === 'credits') this.credits.given(command);
    this.controls.command(command);
  }

  private customer(number: number, command: CommandOf<'customer'>): void {
    const { details, plan } = command;
    if (details.timezone !== undefined) this.move(details.zone ?? UTC, command.atMs);
    if (!plan || this.pending) return;
    const same = this.plan?.id === plan.id && this.plan.version === plan.version;
    if (same && !this.incomplete) return;
    if (touchesStripe(plan)) this.pending = { request: number, plan };
    else if (!this.subscribed) this.begin(plan, floorTo(MINUTE, command.anchorMs ?? command.atMs));
  }

  private move(zone: Zone, atMs: number): void {
    const same = JSON.stringify(zone) === JSON.stringify(this.zone);
    this.zone = zone;
    if (this.plan && !same) this.books.rezone(this.plan, zone, atMs);
  }

  private refused({ code }: CommandOf<'subscribeFailed'>): void {
    if (code === 'payment_required' && !this.plan && this.pending) {
      this.incomplete = true;
      this.plan = this.pending.plan;
    }
    this.pending = null;
  }

  private begin(plan: PlanSnapshot, anchorMs: number): void {
    if (this.plan) this.books.carry(plan);
    this.plan = plan;
    this.incomplete = false;
    const cut = this.periods.begin(plan, anchorMs);
    if (cut) this.close(cut);
    const early = this.early;
    this.early = [];
    for (const group of early) this.take(group);
  }
}

function endsIn(
  parts: readonly { readonly hold: string | null; readonly settled?: HoldEnd['settled'] }[],
): HoldEnd[] {
  return parts.flatMap(({ hold, settled }) => {
    if (hold === null) return [];
    return [settled === undefined ? { hold } : { hold, settled }];
  });
}
