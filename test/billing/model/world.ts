import { withAlerts } from '../../../billing/alerts/alert.js';
import type { PlanSnapshot } from '../../../billing/catalogue.js';
import type { Command } from '../../../billing/command.js';
import type { Change, Effect } from '../../../billing/customer/change.js';
import { customerNow } from '../../../billing/customer/clock.js';
import { initialState } from '../../../billing/customer/initial.js';
import { reduce } from '../../../billing/customer/reducer.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import type { LogEntry, UsageMessage } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { Chance } from '../../simulation/chance.js';
import { Clients } from './clients.js';
import { KEY, Ledger, MERGED, type Summing } from './ledger.js';
import { PLAN_IDS, type PlanId, planOf } from './plans.js';
import { Stripe } from './stripe.js';
import { type Watch, WATCH_NOTHING } from './watch.js';

/** What a test may put in the place of the product's own. */
export interface Parts {
  readonly reduce: typeof reduce;
  readonly summing?: Summing;
}

/** Places a run begins at: month ends, a leap day, changes of summer time, an odd second. */
const BEGINNINGS = [
  Date.UTC(2026, 10, 1),
  Date.UTC(2027, 0, 31, 10, 17, 42, 300),
  Date.UTC(2028, 1, 29, 23, 59, 58),
  Date.UTC(2026, 9, 31, 22, 30, 7),
  Date.UTC(2027, 2, 13, 20, 0, 59, 999),
];

/**
 * Everything around the reducer, in pure code: the log, messages on their way, heals, fences,
 * Stripe, the clock, and the callers with their reservations.
 */
export class World {
  state: CustomerState = withAlerts(initialState(KEY));
  /** Keys of all alerts that were raised, in order. */
  readonly raised: string[] = [];
  readonly ledger: Ledger;
  readonly clients = new Clients();
  readonly stripe = new Stripe();
  /** What has happened, for a run that fails; kept where `isTold`. */
  readonly story: string[] = [];
  isTold = false;
  /** Every answer to an ask. */
  readonly answered: HoldAnswer[] = [];
  /** Messages on their way. */
  flying: UsageMessage[] = [];
  /** The real clock, ms. */
  realMs: number;
  /** How far the real clock of other processes is off, ms. */
  skewMs = 0;
  /** Plans that this customer can come to. */
  readonly planIds: readonly PlanId[];
  /** True while events without a reservation are sent too. */
  readonly hasEvents: boolean;
  watch: Watch = WATCH_NOTHING;
  private serial = 0;

  constructor(
    setup: number,
    readonly parts: Parts = { reduce },
  ) {
    const chance = new Chance(setup);
    this.realMs = chance.pick(BEGINNINGS);
    this.hasEvents = chance.happens(0.7);
    this.ledger = new Ledger(parts.summing);
    const hasCredits = chance.happens(0.5);
    if (!hasCredits) this.ledger.join = MERGED;
    this.planIds = PLAN_IDS.filter((id) => hasCredits || !planOf(id).plan.creditGrant);
  }

  /** The customer's now, ms. */
  get nowMs(): number {
    return customerNow(this.state, this.realMs);
  }

  /** A fresh name. */
  name(kind: string): string {
    this.serial += 1;
    return `${kind}-${this.serial}`;
  }

  /** Remembers what happened, where someone will read it. */
  tell(what: () => string): void {
    if (this.isTold) this.story.push(what());
  }

  /** Lets something happen, and watches what the reducer makes of it. */
  happen(change: Change): readonly Effect[] {
    const before = this.state;
    this.watch.before(this, change);
    const { state, effects } = this.parts.reduce(before, change);
    this.state = state;
    this.watch.after(this, change, before, effects);
    return effects;
  }

  /** Writes into the log; a message about it is on its way. */
  record(entries: readonly LogEntry[]): number {
    const { number } = this.ledger.append(entries, this.nowMs);
    this.flying.push(this.ledger.message(number, number));
    return number;
  }

  /** A command in the log. */
  command(id: string, command: Command): number {
    const name = `command/${id}`;
    return this.record([{ kind: 'command', id: name, command, hash: name }]);
  }

  /** Asks for holds; the answers, in order. */
  ask(asks: readonly HoldAsk[], usage?: UsageMessage): readonly HoldAnswer[] {
    const { nowMs } = this;
    const effects = this.happen({ type: 'decide', asks, nowMs, ...(usage && { usage }) });
    this.heal(effects);
    const answer = effects.find((effect) => effect.type === 'answer');
    if (answer?.type !== 'answer') throw new Error('asks were not answered');
    this.answered.push(...answer.answers);
    return answer.answers;
  }

  /** Serves a heal from the log, if one is wanted. */
  heal(effects: readonly Effect[], pages = 64): void {
    const wanted = effects.find((effect) => effect.type === 'heal');
    if (wanted?.type !== 'heal') return;
    const { head } = this.ledger;
    for (const stretch of this.ledger.stretches(wanted.from, wanted.before, pages)) {
      this.happen({ type: 'stretch', stretch });
    }
    this.happen({ type: 'head', head, missing: null });
  }

  /** Time comes to the state, which says what it wants done. */
  time(): readonly Effect[] {
    return this.happen({ type: 'time', realNowMs: this.realMs, random: this.name('random') });
  }

  /** Does all that is wanted until nothing more is; at most so many rounds. */
  settleDown(rounds: number, moneySteps: number): void {
    let money = moneySteps;
    for (let round = 0; round < rounds; round += 1) {
      const effects = this.time();
      this.heal(effects);
      const wrote = this.write(effects);
      const step = money > 0 && this.stripe.perform(this, effects);
      if (step) money -= 1;
      const isHealing = effects.some((effect) => effect.type === 'heal');
      if (!wrote && !step && !isHealing) return;
    }
  }

  /** Writes the fences and commands that are wanted, each once by its name. */
  write(effects: readonly Effect[]): boolean {
    let wrote = false;
    for (const effect of effects) {
      if (effect.type === 'writeFence') wrote = this.fence(effect) || wrote;
      if (effect.type === 'writeCommand' && !this.ledger.knows(`command/${effect.id}`)) {
        this.command(effect.id, effect.command);
        this.sweep();
        wrote = true;
      }
    }
    return wrote;
  }

  private fence({ name, fence }: Extract<Effect, { type: 'writeFence' }>): boolean {
    const id = `fence/${name}`;
    if (!this.ledger.knows(id)) {
      const number = this.record([{ kind: 'fence', id, fence, hash: id }]);
      this.tell(() => `${number}: ${id} ${JSON.stringify(fence)}`);
    }
    // Whoever wrote it, or found it there, tells how far the log goes.
    this.sweep();
    return true;
  }

  /** Tells the state how far the log goes; it heals. */
  sweep(): void {
    const { head } = this.ledger;
    this.heal(this.happen({ type: 'message', message: this.ledger.message(head + 1, head) }));
  }

  /** The plan in force. */
  get plan(): PlanSnapshot | null {
    const { plan, snapshots } = this.state;
    return plan ? (snapshots[`${plan.id}@${plan.version}`] ?? null) : null;
  }
}
