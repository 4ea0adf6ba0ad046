import type { Ending } from '../../../api/decisions/body.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import type { Hold } from '../../../billing/holds/hold.js';
import { holdName, readHoldName } from '../../../billing/holds/name.js';
import type { Limit } from '../../../billing/catalogue.js';
import type { LogEntry, LogGroup, Quantities } from '../../../billing/log.js';
import { amountUnder, keyUnder, heldBy, tokensIn, type Usage } from './naive.js';

/** A hold as the workflow answered it, whoever heard of it. */
export interface GrantedHold {
  readonly name: string;
  readonly kind: 'reservation' | 'extra' | 'lease';
  readonly user: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly quantities: Quantities;
  /** The largest it ever was: a lease only shrinks, a reservation only grows. */
  readonly largest: Quantities;
  readonly grantedAtMs: number;
  readonly expiresAtMs: number;
}

/** A reservation that a caller was given, exact or out of a lease. */
export interface GivenReservation {
  readonly id: string;
  readonly hold: string;
  readonly quantities: Quantities;
}

/** What a caller was told when it ended a reservation. */
export interface ToldEnd {
  readonly id: string;
  readonly asked: 'commit' | 'release';
  /** Null: it had ended the other way before. */
  readonly ending: Ending | null;
}

/** What one who sees everything knows: grants, tokens, answers. Only watches. */
export class Truth {
  readonly holds = new Map<string, GrantedHold>();
  readonly given = new Map<string, GivenReservation>();
  readonly told: ToldEnd[] = [];
  /** Usage of leases as callers were told that it stands. */
  readonly acknowledged: { readonly id: string; readonly entry: LogEntry }[] = [];
  readonly broken: string[] = [];
  /** How often each kind of thing happened: what never happens is not tested. */
  readonly seen: Record<string, number> = {};
  private readonly log = new Followed();

  constructor(private readonly limits: readonly Limit[]) {}

  note(kind: string): void {
    this.seen[kind] = (this.seen[kind] ?? 0) + 1;
  }

  /** The workflow has answered; `maxOf` tells the limits in force, `groups` what stands. */
  answered(
    asks: readonly HoldAsk[],
    answers: readonly HoldAnswer[],
    groups: readonly LogGroup[],
    maxOf: (limit: Limit) => number,
  ): void {
    asks.forEach((ask, index) => {
      const answer = answers[index];
      if (!answer) return;
      this.note(`${ask.type} ${answer.type}`);
      if (answer.type !== 'granted') return;
      const grown = this.take(ask, answer);
      // What a lease covers was granted with it: a limit lowered since says nothing about it.
      const most = ask.type === 'draw' ? ({ max = 0 }: Limit) => max : maxOf;
      if (grown) this.broken.push(...this.overGranted(grown, groups, most));
    });
  }

  /** So much is left of a lease out of which holds were drawn. */
  drawn(lease: Hold): void {
    const known = this.holds.get(holdName(lease));
    if (!known) return;
    const left = Object.entries(lease.quantities).map(
      ([meter, size]) => [meter, size - (lease.settled[meter] ?? 0)] as const,
    );
    this.holds.set(known.name, { ...known, quantities: Object.fromEntries(left) });
  }

  /** Nothing of a lease is left: all was drawn or given back, or it has ended. */
  dropped(id: string): void {
    for (const [name, hold] of this.holds) {
      if (readHoldName(name)?.id === id) this.holds.set(name, { ...hold, quantities: {} });
    }
  }

  /** The hold if it is new, or more than it was. */
  private take(
    ask: HoldAsk,
    answer: Extract<HoldAnswer, { type: 'granted' }>,
  ): GrantedHold | null {
    const { hold: name, quantities, grantedAtMs, expiresAtMs } = answer;
    const known = this.holds.get(name);
    if (known) {
      const grows = tokensIn(quantities) > tokensIn(known.largest);
      const largest = grows ? quantities : known.largest;
      this.holds.set(name, { ...known, quantities, largest, expiresAtMs });
      return grows ? (this.holds.get(name) ?? null) : null;
    }
    if (ask.type === 'extend' || ask.type === 'shrink') return null;
    const { user, properties } = ask;
    const kind = kindOf(ask, answer.counts);
    const hold = { name, kind, user, properties, quantities, grantedAtMs, expiresAtMs };
    this.holds.set(name, { ...hold, largest: quantities });
    return this.holds.get(name) ?? null;
  }

  /** Limits that are passed by what is settled and what can still be, where the hold counts. */
  private overGranted(
    hold: GrantedHold,
    groups: readonly LogGroup[],
    maxOf: (limit: Limit) => number,
  ): string[] {
    this.log.follow(groups);
    const usages = [...this.log.used, ...this.live()];
    const own = usageOf(hold, hold.quantities);
    return this.limits.flatMap((limit) => {
      const key = keyUnder(limit, own);
      if (key === null || amountUnder(limit, own) === 0) return [];
      const same = usages.filter((usage) => keyUnder(limit, usage) === key);
      const sum = same.reduce((total, usage) => total + amountUnder(limit, usage), 0);
      const max = maxOf(limit);
      return sum > max ? [`${hold.name} granted: ${key} at ${sum} of ${max}`] : [];
    });
  }

  private live(): Usage[] {
    return [...this.holds.values()].flatMap((hold) => {
      const left = this.log.leftOf(hold);
      return left ? [usageOf(hold, left)] : [];
    });
  }
}

function kindOf(
  ask: Extract<HoldAsk, { type: 'reserve' | 'lease' | 'draw' }>,
  counts: boolean | undefined,
): GrantedHold['kind'] {
  if (ask.type === 'lease') return 'lease';
  if (ask.type === 'draw') return counts === false ? 'extra' : 'reservation';
  return (ask.counts ?? !ask.forSettle) ? 'reservation' : 'extra';
}

function usageOf(hold: GrantedHold, quantities: Quantities): Usage {
  const { grantedAtMs: atMs, user, properties, kind } = hold;
  const requests = kind === 'lease' ? (quantities['requests'] ?? 0) : kind === 'extra' ? 0 : 1;
  return { atMs, user, properties, tokens: tokensIn(quantities), requests };
}

/** What a growing log has counted and ended so far, each group looked at once. */
class Followed {
  readonly used: Usage[] = [];
  private readonly ended = new Set<string>();
  private readonly settled = new Map<string, Record<string, number>>();
  private epoch = 0;
  private length = 0;

  follow(groups: readonly LogGroup[]): void {
    for (const { number, entries } of groups.slice(this.length)) {
      for (const entry of entries) this.take(number, entry);
    }
    this.length = groups.length;
  }

  /** What can still be settled of a hold; null: its end stands. */
  leftOf({ name, quantities }: GrantedHold): Quantities | null {
    if (this.ended.has(name) || (readHoldName(name)?.epoch ?? 0) < this.epoch) return null;
    const gone = this.settled.get(name);
    if (!gone) return quantities;
    const left = Object.entries(quantities).map(
      ([meter, size]) => [meter, Math.max(0, size - (gone[meter] ?? 0))] as const,
    );
    return Object.fromEntries(left);
  }

  private take(number: number, entry: LogEntry): void {
    this.used.push(...heldBy(entry));
    if (entry.kind === 'usage' && entry.drawn?.hold) this.end(entry.drawn.hold);
    if (entry.kind === 'settle') {
      for (const { hold, settled } of entry.parts) if (hold !== null) this.end(hold, settled);
    }
    if (entry.kind !== 'fence') return;
    if (entry.fence.type === 'epoch') this.epoch = number;
    if (entry.fence.type === 'expired') for (const hold of entry.fence.holds) this.end(hold);
  }

  private end(hold: string, part?: Quantities): void {
    if (!part) this.ended.add(hold);
    const sums = this.settled.get(hold) ?? {};
    for (const [meter, size] of Object.entries(part ?? {})) sums[meter] = (sums[meter] ?? 0) + size;
    this.settled.set(hold, sums);
  }
}
