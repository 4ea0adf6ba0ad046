import { decide } from '../../../billing/holds/decide.js';
import { dueFences, foldHoldFence } from '../../../billing/holds/fences.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import { readHoldName } from '../../../billing/holds/name.js';
import { planCommit, planRelease } from '../../../billing/holds/settle.js';
import type { Commit, Reservation, Settlement } from '../../../billing/holds/settlement.js';
import type { Limit } from '../../../billing/catalogue.js';
import type { SettlePart } from '../../../billing/consumption.js';
import type { Fence, Quantities } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { knowledge } from './settleWorld.js';
import { customer, DAILY, planWith, settled } from './world.js';

/** The whole protocol in little: a log, a fold that lags behind it, processes, a clock. */

/** Limits that the law is checked against; all of them a day. */
export const LIMITS: readonly Limit[] = [
  { ...DAILY, max: 150 },
  { ...DAILY, id: 'user', max: 100, scope: 'user' },
  { ...DAILY, id: 'large', meters: ['large'], max: 40, scope: 'property:team' },
  { ...DAILY, id: 'rate', meters: ['requests'], max: 60 },
];

const PLAN = planWith(LIMITS);

/** What stands in the log. */
export type Item =
  | {
      readonly type: 'settle';
      readonly id: string;
      readonly user: string;
      readonly properties: Readonly<Record<string, string>>;
      readonly parts: readonly SettlePart[];
    }
  | { readonly type: 'fence'; readonly id: string; readonly fence: Fence };

/** A reservation that a client knows, and whether its token came out of a lease of ours. */
export interface Ticket {
  readonly reservation: Reservation;
  readonly isOwn: boolean;
}

/** Plenty for every chain of asks that one commit can need. */
const ROUNDS_MAX = 12;

/** One customer, its log and its clock. */
export class Protocol {
  readonly log: Item[] = [];
  /** What each hold was granted, by its name; grown by extensions. */
  readonly sizes = new Map<string, Quantities>();
  state: CustomerState;
  folded = 0;
  instances = 1;

  constructor(public nowMs: number) {
    this.state = this.#fresh();
    this.expire();
    this.fold();
  }

  #fresh(): CustomerState {
    const holds = { epoch: null, newestEpoch: 0 };
    return customer(PLAN, holds, { mark: 0, head: this.log.length });
  }

  decide(ask: HoldAsk): HoldAnswer {
    const { state, answers } = decide(this.state, [ask], this.nowMs);
    const [answer] = answers;
    if (!answer) throw new Error('no answer');
    if (answer.type !== 'granted' && state !== this.state) throw new Error('a refusal changed it');
    this.state = state;
    if (answer.type === 'granted' && ask.type !== 'shrink') {
      this.sizes.set(answer.hold, answer.quantities);
    }
    return answer;
  }

  /** Folds everything, or so many items of the log. */
  fold(items = this.log.length): void {
    for (const item of this.log.slice(this.folded, this.folded + items)) {
      this.folded += 1;
      const folded =
        item.type === 'settle'
          ? settled(this.state, item.parts, item.properties, item.user)
          : foldHoldFence(this.state, this.folded, item.id, item.fence);
      this.state = { ...folded, mark: this.folded, head: this.log.length };
    }
  }

  /** Writes the fences that are due. */
  expire(): void {
    const atHead = { ...this.state, head: this.log.length };
    const due = dueFences(atHead, this.nowMs, `i${this.instances}-${this.log.length}`);
    this.state = due.state;
    for (const { name, fence } of due.fences) {
      const id = `fence/${name}`;
      if (!this.log.some((item) => item.id === id)) this.log.push({ type: 'fence', id, fence });
    }
  }

  /** The workflow is lost and made anew from the log. */
  rebuild(): void {
    this.instances += 1;
    this.state = this.#fresh();
    this.folded = 0;
    this.fold();
    this.expire();
    this.fold();
  }

  /** Ends a reservation; false: not now, or it has ended before. */
  settle(ticket: Ticket, commit: Commit | 'release', keepsRest: boolean): boolean {
    const { reservation } = ticket;
    const id = `settle/${reservation.id}`;
    if (this.log.some((item) => item.id === id)) return false;
    const plan = this.#planned(reservation, commit, keepsRest);
    if (plan?.type !== 'settle') return false;
    const properties = commit === 'release' ? undefined : commit.properties;
    const named = properties
      ? Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, String(value)]))
      : reservation.properties;
    const user = reservation.user ?? '';
    this.log.push({ type: 'settle', id, user, properties: named, parts: plan.parts });
    return true;
  }

  #planned(
    reservation: Reservation,
    commit: Commit | 'release',
    keepsRest: boolean,
  ): Settlement | null {
    const answers = new Map<string, HoldAnswer>();
    const isFenced = (hold: string): boolean => this.isFenced(hold);
    const known = knowledge({ snapshot: PLAN, isFenced, answers, keepsRest });
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const plan =
        commit === 'release'
          ? planRelease(reservation, known)
          : planCommit(reservation, commit, known);
      if (plan.type !== 'ask') return plan;
      for (const ask of plan.asks) {
        if (ask.type === 'reserve') answers.set(ask.id, this.decide(ask));
      }
    }
    return null;
  }

  /** What a writer that has read every fence of the log knows. */
  isFenced(hold: string, before = this.log.length): boolean {
    const epoch = readHoldName(hold)?.epoch ?? 0;
    return this.log.slice(0, before).some((item, index) => {
      if (item.type !== 'fence') return false;
      if (item.fence.type === 'expired') return item.fence.holds.includes(hold);
      return item.fence.type === 'epoch' && index + 1 > epoch;
    });
  }

  /** Parts of the log's settles that name this hold. */
  partsOf(hold: string): SettlePart[] {
    const parts = this.log.flatMap((item) => (item.type === 'settle' ? item.parts : []));
    return parts.filter((part) => part.hold === hold);
  }

  /** What contradicts a fence, or uses more of a hold than it was granted: nothing may. */
  contradictions(): string[] {
    const ended = this.log.flatMap((item, index) => {
      if (item.type !== 'settle') return [];
      const names = item.parts.flatMap(({ hold }) => (hold === null ? [] : [hold]));
      return names.filter((hold) => this.isFenced(hold, index)).map((hold) => `${hold} had ended`);
    });
    const beyond = [...this.sizes].filter(([hold, size]) => {
      const used = this.partsOf(hold).map((part) => part.used['input_tokens'] ?? 0);
      return used.reduce((sum, one) => sum + one, 0) > (size['input_tokens'] ?? 0);
    });
    return [...ended, ...beyond.map(([hold]) => `more used of ${hold} than it held`)];
  }
}
