import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { HoldAnswer, HoldAsk } from '../../billing/holds/asks.js';
import type { CustomerKey } from '../../billing/log.js';
import type { DecideReply } from '../../workflows/messages.js';
import type { Engine } from '../engine/engine.js';
import type { Notifier } from '../engine/notifier.js';
import type { Riding } from '../engine/waiting.js';
import { Problem, unavailable } from '../errors/problem.js';
import type { Decided, Decider } from './contract.js';
import { AskLane } from './lane.js';

/** Where all asks of this process go: collected per customer, in Updates (DESIGN §4). */

/** Asks that wait or are in flight. */
const ALL_MAX = 10_000;

const CUSTOMER_MAX = 2_000;

/** How long an unknown outcome is asked for again, and how often at most. */
const UNKNOWN_MS_MAX = 8_000;
const ATTEMPTS_MAX = 6;

/** How long `later` is asked again. */
const LATER_MS_MAX = 3_000;

/** How long an ask waits for leases to come back (DESIGN §4). */
const LEASES_MS_MAX = 1_000;

const PAUSE_MS = { first: 20, longest: 200 } as const;

/** What the queue stands on. */
export interface QueuePorts {
  readonly engine: Pick<Engine, 'decide'>;
  readonly notifier: Pick<Notifier, 'takeAlong'>;
  /** What this process holds unused of its leases of a customer goes back. */
  readonly giveBack: (key: CustomerKey) => Promise<void>;
}

/** Collects asks, one Update in flight per customer. */
export class DecisionQueue implements Decider {
  private readonly lanes = new Map<string, AskLane>();
  private waiting = 0;
  private closed = false;

  constructor(private readonly ports: QueuePorts) {}

  /** Asks that wait or are in flight. */
  get size(): number {
    return this.waiting;
  }

  async decide(key: CustomerKey, asks: readonly HoldAsk[]): Promise<Decided> {
    let decided = await this.once(key, asks);
    decided = await this.again(key, asks, decided, LATER_MS_MAX, isLater);
    if (decided.answers.some(byLeases)) {
      await this.ports.giveBack(key).catch(() => undefined);
      decided = await this.again(key, asks, decided, LEASES_MS_MAX, byLeases);
    }
    const late = decided.answers.find((answer) => answer.type === 'later');
    if (late) throw unavailable(`${key.customer} can't be decided yet: ${late.reason}.`);
    return decided;
  }

  /** Refuses what comes now and waits for what is in flight, for at most `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.closed = true;
    const overMs = performance.now() + timeoutMs;
    while (this.waiting > 0 && performance.now() < overMs) await wait(10);
  }

  /** Asks those again whose answer may change soon, with growing pauses. */
  private async again(
    key: CustomerKey,
    asks: readonly HoldAsk[],
    first: Decided,
    limitMs: number,
    mayChange: (answer: HoldAnswer) => boolean,
  ): Promise<Decided> {
    const overMs = performance.now() + limitMs;
    let decided = first;
    for (let pauseMs: number = PAUSE_MS.first; ; pauseMs = afterPause(pauseMs)) {
      const open = asks.filter((_, at) => mayChange(decided.answers[at] as HoldAnswer));
      if (open.length === 0 || performance.now() + pauseMs > overMs) return decided;
      await wait(pauseMs);
      decided = merged(asks, decided, open, await this.once(key, open));
    }
  }

  private once(key: CustomerKey, asks: readonly HoldAsk[]): Promise<Decided> {
    const name = `${key.mode}/${key.customer}#${key.life}`;
    const lane = this.lanes.get(name) ?? this.open(name, key);
    const refusal = this.refusal(lane, asks.length);
    if (refusal) {
      this.forget(name, lane);
      return Promise.reject(refusal);
    }
    this.waiting += asks.length;
    const bytes = JSON.stringify(asks).length;
    return new Promise((resolve, reject) => lane.add({ asks, bytes, resolve, reject }));
  }

  private open(name: string, key: CustomerKey): AskLane {
    const done = (asks: number): void => {
      this.waiting -= asks;
      this.forget(name, lane);
    };
    const lane: AskLane = new AskLane(key, (of, asks) => this.send(of, asks), done);
    this.lanes.set(name, lane);
    return lane;
  }

  private forget(name: string, lane: AskLane): void {
    if (lane.isIdle && this.lanes.get(name) === lane) this.lanes.delete(name);
  }

  private refusal(lane: AskLane, asks: number): Problem | null {
    if (this.closed) return unavailable('This process is stopping.');
    if (this.waiting + asks > ALL_MAX) return unavailable(`${this.waiting} decisions wait.`);
    if (lane.size + asks <= CUSTOMER_MAX) return null;
    return unavailable(`${lane.size} decisions of this customer wait.`);
  }

  /** One Update: usage rides along; an unknown outcome is asked for under the same id. */
  private async send(key: CustomerKey, asks: readonly HoldAsk[]): Promise<Decided> {
    const riding = this.ports.notifier.takeAlong(key);
    const sentAtMs = performance.now();
    try {
      const { answers, nowMs, folded } = await this.attempt(key, asks, riding);
      riding?.done(folded ? 'folded' : 'refused');
      return { answers, nowMs, sentAtMs };
    } catch (error) {
      riding?.done('unknown');
      throw error;
    }
  }

  private async attempt(
    key: CustomerKey,
    asks: readonly HoldAsk[],
    riding: Riding | null,
  ): Promise<DecideReply & { readonly folded: boolean }> {
    const request = riding ? { asks, usage: riding.message } : { asks };
    const updateId = randomUUID();
    const overMs = performance.now() + UNKNOWN_MS_MAX;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.ports.engine.decide(key, request, updateId);
      } catch (error) {
        const pauseMs = 50 * 2 ** attempt;
        const isOver = attempt >= ATTEMPTS_MAX || performance.now() + pauseMs > overMs;
        if (!isUnknown(error) || isOver || this.closed) throw error;
        await wait(pauseMs);
      }
    }
  }
}

function afterPause(pauseMs: number): number {
  return Math.min(PAUSE_MS.longest, 2 * pauseMs);
}

function isUnknown(error: unknown): boolean {
  return error instanceof Problem && error.code === 'unavailable';
}

function isLater({ type }: HoldAnswer): boolean {
  return type === 'later';
}

/** Denied, and only leases stand against it. */
function byLeases(answer: HoldAnswer): boolean {
  return answer.type === 'denied' && answer.denial.byLeases === true;
}

/** The answers with those that were asked again in their places. */
function merged(
  asks: readonly HoldAsk[],
  before: Decided,
  open: readonly HoldAsk[],
  after: Decided,
): Decided {
  const answers = asks.map((ask, at) => {
    const again = open.indexOf(ask);
    return (again === -1 ? before.answers[at] : after.answers[again]) as HoldAnswer;
  });
  const sentAtMs = open.length === asks.length ? after.sentAtMs : before.sentAtMs;
  return { answers, nowMs: after.nowMs, sentAtMs };
}
