import type { PlanSnapshot } from '../../../billing/catalogue.js';
import type { Command } from '../../../billing/command.js';
import type { LogEntry, LogGroup } from '../../../billing/log.js';
import { boundary } from './calendar.js';

/** A customer's periods, found by reading its log by hand: what began, changed and ended when. */

/** One period under one plan, [startMs, endMs), whole minutes. */
export interface Period {
  readonly index: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Where it would have ended, had no change cut it short. */
  readonly plannedEndMs: number;
  /** Since when its base is paid: later than its start where a subscription followed another. */
  readonly paidFromMs: number;
  readonly plan: PlanSnapshot;
  readonly trial: boolean;
  /** Whether a subscription bills it. */
  readonly priced: boolean;
  /** The first of a subscription, of a change now, or after a trial: its base is charged alone. */
  readonly starts: boolean;
  /** How it ended: by time, by another plan at once, or with the subscription. */
  readonly end: 'time' | 'change' | 'left';
  /** Its subscription was to end with it, and went into the next period at Stripe. */
  readonly overran: boolean;
}

/** A plan in force from a moment on. */
interface Spell {
  readonly fromMs: number;
  /** It began where the subscription before ended, before Stripe had this one. */
  readonly follows: boolean;
  /** To the second; periods are counted from here. */
  readonly anchorMs: number;
  readonly trialEndMs: number | null;
  readonly plan: PlanSnapshot;
  readonly priced: boolean;
  /** A change at a period's end: the subscription goes on. */
  readonly turned: boolean;
}

const MINUTE_MS = 60_000;

const minute = (ms: number) => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/** Reads commands in the order of the log. */
class Reading {
  readonly spells: (Spell | { readonly goneMs: number })[] = [];
  #asked = new Map<number, Extract<Command, { type: 'customer' | 'cancel' }>>();
  /** Ends of subscriptions that others follow, by the number that asked. */
  readonly #followed = new Map<number, number>();
  #scheduled: { readonly number: number; readonly plan: PlanSnapshot | null } | null = null;
  /** Ends that Stripe was not told of in time, to the minute and to the second, by number. */
  readonly #untold = new Map<number, { readonly atMs: number; readonly exactMs: number }>();
  /** Those of them after which the subscription went on there. */
  readonly overran = new Set<number>();

  get #now(): Spell | null {
    const last = this.spells.at(-1);
    return last && !('goneMs' in last) ? last : null;
  }

  #begin(plan: PlanSnapshot, anchorMs: number, more: Partial<Spell> = {}): void {
    this.#scheduled = null;
    const from = { fromMs: minute(anchorMs), anchorMs, trialEndMs: null, follows: false };
    this.spells.push({ ...from, plan, priced: false, turned: false, ...more });
  }

  read(number: number, command: Command): void {
    switch (command.type) {
      case 'customer':
      case 'cancel':
        this.#asked.set(number, command);
        return this.#ask(command);
      case 'subscribed': {
        const { anchorSeconds, trialEndSeconds } = command.stripe;
        const trialEndMs = trialEndSeconds === undefined ? null : trialEndSeconds * 1000;
        const fromMs = this.#followed.get(command.request);
        const begins = fromMs === undefined ? {} : { fromMs, follows: true };
        this.#begin(command.plan, anchorSeconds * 1000, { trialEndMs, priced: true, ...begins });
        return;
      }
      case 'schedule':
        this.#scheduled = { number, plan: command.plan };
        return;
      case 'unschedule':
        this.#scheduled = null;
        return;
      case 'turned':
        return this.#turn(number, command);
      case 'ended': {
        const untold = this.#untold.get(command.request ?? -1);
        if (untold) {
          const wentOn = !command.byCycle && command.endedSeconds * 1000 >= untold.exactMs;
          if (wentOn) this.overran.add(untold.atMs);
          return;
        }
        const asked = command.request === null ? null : this.#asked.get(command.request);
        const next = asked?.type === 'cancel' ? asked.next : asked?.plan;
        return this.#leave(this.#endOf(command), next ?? null);
      }
      default:
    }
  }

  /** A period that Stripe had begun in that minute lasts for it: its base was charged. */
  #endOf({ request, endedSeconds, byCycle }: Extract<Command, { type: 'ended' }>): number {
    const endedMs = endedSeconds * 1000;
    const goneMs = minute(endedMs);
    const now = this.#now;
    const lapses = request === null && now?.trialEndMs && minute(now.trialEndMs) === goneMs;
    if (!now || byCycle || lapses) return goneMs;
    const hasBegun = (ms: number) => minute(ms) === goneMs && ms <= endedMs;
    return startsOf(now).some(hasBegun) ? goneMs + MINUTE_MS : goneMs;
  }

  /** What Stripe need not be asked for. */
  #ask(command: Extract<Command, { type: 'customer' | 'cancel' }>): void {
    const now = this.#now;
    if (now?.priced) return;
    if (command.type === 'cancel') {
      if (now) this.#leave(minute(command.atMs), command.next);
      return;
    }
    const { plan, anchorMs, atMs } = command;
    if (!plan || isPriced(plan) || (now && now.plan.id === plan.id)) return;
    this.#begin(plan, minute(anchorMs ?? atMs));
  }

  /** Periods of another length are those of another subscription. */
  #turn(number: number, turned: Extract<Command, { type: 'turned' }>): void {
    const { request, plan, atMs, untold } = turned;
    if (this.#scheduled?.number !== request) return;
    const now = this.#now;
    this.#scheduled = null;
    if (now && untold) {
      this.#untold.set(number, { atMs, exactMs: atMs + (now.anchorMs % MINUTE_MS) });
    }
    if (!now || (plan && isPriced(plan) && !now.priced)) return;
    if (!plan || !isPriced(plan)) return this.#leave(atMs, plan);
    if (turned.ended || plan.plan.interval !== now.plan.plan.interval) {
      this.#followed.set(number, atMs);
      return this.#leave(atMs, null);
    }
    const { anchorMs, trialEndMs } = now;
    const from = { fromMs: atMs, trialEndMs, priced: true, turned: true };
    this.#begin(plan, anchorMs, from);
  }

  #leave(atMs: number, next: PlanSnapshot | null): void {
    this.#scheduled = null;
    this.spells.push({ goneMs: atMs });
    if (next) this.#begin(next, atMs);
  }
}

function isPriced({ plan }: PlanSnapshot): boolean {
  return plan.prices !== undefined || plan.baseAmountMinor !== undefined;
}

/** Where its periods start, to the second, for longer than anybody lives. */
function startsOf({ plan, anchorMs, trialEndMs, turned }: Spell): readonly number[] {
  const anchor = trialEndMs ?? anchorMs;
  return [
    ...(trialEndMs === null || turned ? [] : [anchorMs]),
    ...Array.from({ length: 1_000 }, (_none, count) => boundary(anchor, plan.plan.interval, count)),
  ];
}

/** All entries with the number of their group, in order. */
export function entriesIn(
  groups: readonly LogGroup[],
): readonly { readonly number: number; readonly entry: LogEntry }[] {
  return groups.flatMap(({ number, entries }) => entries.map((entry) => ({ number, entry })));
}

/** The periods that have begun by `untilMs`, in order, the open one last. */
export function periodsOf(groups: readonly LogGroup[], untilMs: number): readonly Period[] {
  const reading = new Reading();
  for (const { number, entry } of entriesIn(groups)) {
    if (entry.kind === 'command') reading.read(number, entry.command);
  }
  const periods: Period[] = [];
  reading.spells.forEach((spell, at) => {
    if ('goneMs' in spell) return;
    const next = reading.spells[at + 1];
    const endMs = next ? ('goneMs' in next ? next.goneMs : next.fromMs) : Infinity;
    const changedMs = next && !('goneMs' in next) && !next.turned ? next.anchorMs : -Infinity;
    const end: End['end'] = next && 'goneMs' in next ? 'left' : 'change';
    const turnedAway = next !== undefined && !('goneMs' in next) && next.turned;
    const { overran } = reading;
    const over = { endMs, end, turnedAway, changedMs, overran: overran.has(endMs) };
    periods.push(...periodsOfSpell(spell, over, { untilMs, periods }));
  });
  return periods;
}

interface End {
  readonly endMs: number;
  readonly end: 'change' | 'left';
  readonly turnedAway: boolean;
  /** When another plan began at Stripe, to the second. */
  readonly changedMs: number;
  readonly overran: boolean;
}

interface Before {
  readonly untilMs: number;
  readonly periods: readonly Period[];
}

function periodsOfSpell(spell: Spell, over: End, before: Before): Period[] {
  const { endMs, end, turnedAway, changedMs, overran } = over;
  const { plan, priced, fromMs, follows, trialEndMs, turned } = spell;
  const made: Period[] = [];
  const starts = startsOf(spell);
  for (const [at, startMs] of starts.entries()) {
    const plannedEndMs = minute(starts[at + 1] ?? Infinity);
    const paidFromMs = minute(startMs);
    const floored = follows && at === 0 ? fromMs : paidFromMs;
    if (floored < fromMs) continue;
    // What Stripe had begun in the minute of the change is a period of no time: it was charged.
    const trial = trialEndMs !== null && startMs < trialEndMs;
    const isCharged = priced && !trial && floored === endMs && startMs <= changedMs;
    if ((floored >= endMs && !isCharged) || floored > before.untilMs) break;
    const goesOn = turnedAway || (starts[at + 1] ?? Infinity) <= changedMs;
    const isCut = endMs < plannedEndMs || (endMs === plannedEndMs && !goesOn);
    made.push({
      index: before.periods.length + made.length,
      startMs: floored,
      endMs: Math.min(plannedEndMs, endMs),
      plannedEndMs,
      paidFromMs,
      plan,
      trial,
      priced,
      starts: priced && !turned && (trialEndMs === null ? at === 0 : at === 1),
      end: isCut ? end : 'time',
      overran: overran && isCut && end === 'left',
    });
  }
  return made;
}
