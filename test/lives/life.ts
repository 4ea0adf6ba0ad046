import { contentHash } from '../../activities/contentHash.js';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import { isHeld } from '../../billing/customer/invoice/bills.js';
import { isPriced } from '../../billing/customer/periods/segments.js';
import { endableFromMs } from '../../billing/customer/plans/turns.js';
import type { UsageEntry, VoidEntry } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import { Chance } from '../simulation/chance.js';
import { publishedCatalogue } from './catalogue.js';
import type { Move, Script, SentEvent, Timed } from './script.js';
import { World } from './world.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Late usage of who has left is billed after 35 days and 5 minutes. */
const LATE_OVER_MS = 36 * DAY_MS;

const PUBLISHED = publishedCatalogue();

/** So shortly before a period's end Stripe goes away for some lives. */
const BEFORE_END_MS = 5 * 60_000;

/** Asks that a caller repeats while Stripe is away. */
const ASKS_MAX = 400;

/** Plays a script against a world, as callers of the API would. */
export class Life {
  readonly world: World;
  /** A fault planted into the operator: what differs from Stripe is let go, too. */
  approvesAll = false;
  readonly #events: UsageEntry[] = [];
  readonly #taken = new Set<string>();
  #courier: Chance;
  #waiting: string[] = [];

  constructor(readonly script: Script) {
    const { switches, seed, historyLengthMax } = script;
    this.#courier = new Chance(seed ^ 0x3c3c);
    this.world = new World(PUBLISHED, { switches, seed, historyLengthMax });
  }

  /** From the first plan until nothing is left to be billed. */
  async play(): Promise<void> {
    const { script, world } = this;
    world.line.probability = script.faultProbability;
    await this.#join(script.plan, script.anchorMs);
    for (const move of script.moves) {
      await world.advance(this.#timeOf(move));
      const { awayOverEnd: left } = move;
      if (left) world.line.outage = { fault: 'refused', left };
      await this.#do(move);
      await this.#between();
    }
    // Often the very minute in which a period ends.
    await world.advance(script.anchorMs + script.lengthMs);
    await this.#settle();
  }

  #timeOf({ afterMs, atEnd, awayOverEnd }: Timed): number {
    const { anchorMs, lengthMs } = this.script;
    const atMs = Math.max(anchorMs + afterMs, this.world.nowMs);
    const ends = this.#state.segments.flatMap(({ endMs }) => (endMs > atMs ? [endMs] : []));
    const endMs = Math.min(...ends);
    if (endMs >= anchorMs + lengthMs) return atMs;
    if (awayOverEnd) return Math.max(atMs, endMs - BEFORE_END_MS);
    return atEnd ? endMs : atMs;
  }

  get #state(): CustomerState {
    return this.world.state;
  }

  #plan(id: string): PlanSnapshot {
    const found = PUBLISHED.snapshots[`${id}@1`];
    if (!found) throw new Error(`no plan ${id}`);
    return found;
  }

  /** As PUT does it: what Stripe was away for is asked again. */
  async #join(id: string, anchorMs?: number): Promise<void> {
    const plan = this.#plan(id);
    for (let ask = 0; ask < ASKS_MAX; ask += 1) {
      const atMs = anchorMs === undefined ? this.world.nowMs : Date.now();
      const anchor = anchorMs === undefined ? {} : { anchorMs };
      const command = { type: 'customer', plan, details: {}, atMs, ...anchor } as const;
      const number = await this.world.command(command);
      const { answer } = this.#state;
      if (answer?.request !== number || answer.code !== 'unavailable') return;
    }
    throw new Error('Stripe never came back');
  }

  async #do(move: Move): Promise<void> {
    switch (move.do) {
      case 'use':
        return this.#use(move.events, move.telling);
      case 'repeat':
        return this.#repeat(move.pick, move.changed);
      case 'void':
        return this.#void(move);
      case 'plan':
        return this.#change(move);
      case 'cancel':
        return this.#cancel(move);
      case 'resume':
        await this.world.command({ type: 'unschedule', atMs: this.world.nowMs });
        return;
      case 'outage':
        this.world.line.outage = { fault: move.fault, left: move.left };
        return;
      case 'webhooks':
        return this.#deliver(move.repeats);
    }
  }

  async #use(events: readonly SentEvent[], telling: 'sums' | 'head' | 'lost'): Promise<void> {
    const entries = events.map((event) => this.#entryOf(event));
    this.#events.push(...entries);
    await this.world.append(entries, telling);
  }

  /** Nobody dates an event into a time between two subscriptions. */
  #entryOf({ id, quantities, agoMs }: SentEvent): UsageEntry {
    const atMs = this.world.nowMs - agoMs;
    const next = this.#state.segments.find(({ endMs }) => endMs > atMs);
    const isBetween = next && next.startMs > atMs && atMs >= this.script.anchorMs;
    const content = { quantities, atMs: isBetween ? next.startMs : atMs };
    return { kind: 'usage', id, ...content, hash: contentHash({ id, ...content }) };
  }

  async #repeat(pick: number, changed: boolean): Promise<void> {
    const event = this.#events[pick % Math.max(1, this.#events.length)];
    if (!event) return;
    const other = { ...event, quantities: { tokens: 77 }, hash: `other-${event.hash}` };
    const [outcome] = await this.world.append([changed ? other : event], 'head');
    const expected = changed ? 'conflict' : 'duplicate';
    if (outcome?.status !== expected) throw new Error(`${event.id}: ${outcome?.status}`);
  }

  /**
   * What was written off gives nothing back, and what is too old is refused. Nobody takes back
   * what is no sum: what a greatest or last value is without it, no invoice says.
   */
  async #void({ pick, telling }: Extract<Move, { do: 'void' }>): Promise<void> {
    const { nowMs } = this.world;
    const known = this.#events.filter(
      ({ id, atMs, quantities }) =>
        !this.#taken.has(id) &&
        atMs >= nowMs - 35 * DAY_MS &&
        this.#served(atMs) &&
        !('peak' in quantities || 'seats' in quantities),
    );
    const event = known[pick % Math.max(1, known.length)];
    if (!event) return;
    this.#taken.add(event.id);
    const { id, quantities, atMs } = event;
    const taken = { event: id, quantities, atMs, reason: 'mistake' };
    const hash = contentHash({ id, quantities });
    const entry: VoidEntry = { kind: 'void', id: `void/${id}`, ...taken, hash };
    await this.world.append([entry], telling);
  }

  /** Whether the customer had a period then, as far as that is still known. */
  #served(atMs: number): boolean {
    const { segments } = this.#state;
    const [first] = segments;
    if (!first || atMs < first.startMs) return this.#state.firstPeriodStartMs === first?.startMs;
    return segments.some(({ startMs, endMs }) => atMs >= startMs && atMs < endMs);
  }

  async #change({ plan: id, when }: Extract<Move, { do: 'plan' }>): Promise<void> {
    const { plan, status } = this.#state;
    const snapshot = this.#plan(id);
    if (when === 'now') return this.#join(id);
    if (status === 'canceled' || status === 'incomplete' || !plan) return;
    // Before a plan that is billed a trial has to be over (400).
    if (status === 'trialing' && isPriced(snapshot)) return;
    await this.#begun(snapshot);
    await this.world.command({ type: 'schedule', plan: snapshot, atMs: this.world.nowMs });
  }

  async #cancel({ when, then }: Extract<Move, { do: 'cancel' }>): Promise<void> {
    const { status } = this.#state;
    if (when === 'periodEnd' && (status === 'canceled' || status === 'incomplete')) return;
    const plan = then === null ? null : this.#plan(then);
    if (when === 'periodEnd') await this.#begun(plan);
    const atMs = this.world.nowMs;
    if (when === 'now') await this.world.command({ type: 'cancel', next: plan, atMs });
    else await this.world.command({ type: 'schedule', plan, atMs });
  }

  /** The API answers 503 until Stripe has begun the period that is to be the last. */
  async #begun(plan: PlanSnapshot | null): Promise<void> {
    const fromMs = endableFromMs(this.#state, plan, this.world.nowMs);
    if (fromMs !== null) await this.world.advance(fromMs);
  }

  /** Events of Stripe in any order, some again; the workflow is told to look. */
  async #deliver(repeats: number): Promise<void> {
    const events = [...this.#waiting.splice(0)];
    if (events.length === 0) return;
    const again = Array.from({ length: repeats }, () => this.#courier.pick(events));
    const all = [...events, ...again].sort(() => this.#courier.next() - 0.5);
    for (const event of all.slice(0, 3)) this.world.signal('stripeChanged', { event });
  }

  async #between(): Promise<void> {
    const { webhooks, approves } = this.script;
    this.#waiting.push(...this.world.sandbox.takeEvents().map(({ id }) => id));
    if (webhooks === 'never') this.#waiting = [];
    if (webhooks === 'atOnce') await this.#deliver(0);
    if (approves === 'soon') await this.#approve();
  }

  /** An operator lets go what looked like a spike; what differs from Stripe stays held. */
  async #approve(): Promise<void> {
    for (const { index, review, approved } of this.#state.segments) {
      if (review?.reason !== 'spike' && !this.approvesAll) continue;
      if (!review || !isHeld({ review, approved })) continue;
      const about = { segment: index, reason: 'looked at', atMs: this.world.nowMs };
      await this.world.command({ type: 'invoice', action: 'approve', ...about });
    }
  }

  /** Time goes on until nothing more can come, and all is well at Stripe. */
  async #settle(): Promise<void> {
    const { world } = this;
    world.line.probability = 0;
    world.line.outage = null;
    world.tellHead();
    await this.#approve();
    await world.advance(world.nowMs + LATE_OVER_MS);
    await this.#approve();
    const open = this.#state.segments.at(-1);
    const isOpen = open && this.#state.status !== 'canceled' && open.stage === 'open';
    if (isOpen) await world.advance(open.endMs, open.index);
    await this.#approve();
    await world.advance(world.nowMs + HOUR_MS);
    world.sandbox.stop();
  }
}
