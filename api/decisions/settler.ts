import { readHoldName } from '../../billing/holds/name.js';
import type { HoldAnswer } from '../../billing/holds/asks.js';
import { planCommit, planRelease } from '../../billing/holds/settle.js';
import type { Commit, SettleKnowledge, Settlement } from '../../billing/holds/settlement.js';
import { settledAnswer } from '../../billing/holds/settledAnswer.js';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import type { CustomerKey, SettleEntry } from '../../billing/log.js';
import type { LogReader, LogWriter } from '../../ledger/contract.js';
import { Problem, unavailable } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { EXPIRED, type Ending } from './body.js';
import type { Decider, GrantedReservation, LeaseBook } from './contract.js';

/** Ends reservations: one entry in the log, whoever writes it first (DESIGN §4, Settle). */

/** Plans of one settle: each fence or answer in between makes a new one. */
const PLANS_MAX = 24;

/** How a reservation is to end. */
export type WantedEnd =
  | { readonly type: 'commit'; readonly commit: Commit; readonly hash: string }
  | { readonly type: 'release'; readonly hash: string };

/** What settling stands on. */
export interface SettlerPorts {
  readonly decider: Decider;
  readonly leases: LeaseBook | null;
  readonly writer: Pick<LogWriter, 'append'>;
  readonly log: Pick<LogReader, 'groups'>;
  readonly snapshot: (key: CustomerKey) => Promise<PlanSnapshot>;
  readonly names: (key: CustomerKey) => Promise<readonly string[]>;
}

type Settled = Extract<Settlement, { type: 'settle' }>;

/** What one settle has learnt so far. */
interface Learnt {
  readonly answers: Map<string, HoldAnswer>;
  readonly ended: Set<string>;
  epoch: number;
}

/** Writes ends of reservations. */
export class Settler {
  constructor(private readonly ports: SettlerPorts) {}

  /**
   * How it ended, by this call or before it; durable. @throws Problem `reservation_released`,
   * `reservation_committed`, or `unavailable`: send it again.
   */
  async settle(granted: GrantedReservation, wanted: WantedEnd): Promise<Ending> {
    const { key } = granted;
    const [snapshot, names] = await Promise.all([this.ports.snapshot(key), this.ports.names(key)]);
    const learnt: Learnt = { answers: new Map(), ended: new Set(), epoch: 0 };
    const keepsRest = granted.isLeased && this.ports.leases?.owns(granted) === true;
    const isFenced = (hold: string): boolean => isEnded(learnt, hold);
    const known = { snapshot, names, isFenced, answers: learnt.answers, keepsRest };
    for (let plan = 0; plan < PLANS_MAX; plan += 1) {
      const ending = await this.step(granted, wanted, known, learnt);
      if (ending) return ending;
    }
    throw unavailable(`${granted.id} could not be settled: fences keep ending its holds.`);
  }

  /** One plan and what it says; null: plan again. */
  private async step(
    granted: GrantedReservation,
    wanted: WantedEnd,
    known: SettleKnowledge,
    learnt: Learnt,
  ): Promise<Ending | null> {
    const plan =
      wanted.type === 'commit'
        ? planCommit(granted, wanted.commit, known)
        : planRelease(granted, known);
    switch (plan.type) {
      case 'expired':
        return EXPIRED;
      case 'later':
        throw unavailable(`${granted.id} can't be settled yet: ${plan.reason}.`);
      case 'ask': {
        const { answers } = await this.ports.decider.decide(granted.key, plan.asks);
        plan.asks.forEach((ask, at) => {
          if ('id' in ask) learnt.answers.set(ask.id, answers[at] as HoldAnswer);
        });
        return null;
      }
      case 'settle':
        return this.write(granted, wanted, plan, learnt);
    }
  }

  private async write(
    granted: GrantedReservation,
    wanted: WantedEnd,
    plan: Settled,
    learnt: Learnt,
  ): Promise<Ending | null> {
    const { key } = granted;
    const entry = entryOf(granted, wanted, plan);
    const [outcome] = await this.ports.writer.append(key, [entry]);
    if (!outcome) throw unavailable('The log did not answer.');
    if (outcome.status === 'fenced') {
      await this.learnFence(key, outcome.fence, learnt);
      return null;
    }
    const standing = outcome.status === 'recorded' ? entry : outcome.entry;
    if (standing.kind !== 'settle') throw new Error(`${standing.id} is no settle`);
    this.tellLease(granted, standing);
    return endingFor(standing, wanted.type, granted.id);
  }

  /** Which holds a fence ends: listed ones, or all of older epochs. */
  private async learnFence(key: CustomerKey, number: number, learnt: Learnt): Promise<void> {
    const [group] = await this.ports.log.groups(key, number, 1);
    const fences = group?.number === number ? group.entries : [];
    for (const entry of fences) {
      if (entry.kind !== 'fence') continue;
      if (entry.fence.type === 'epoch') learnt.epoch = Math.max(learnt.epoch, number);
      if (entry.fence.type !== 'expired') continue;
      for (const hold of entry.fence.holds) learnt.ended.add(hold);
    }
  }

  private tellLease(granted: GrantedReservation, { parts }: SettleEntry): void {
    const { leases } = this.ports;
    if (!granted.isLeased) return;
    leases?.settled(granted, parts.find(({ hold }) => hold === granted.hold)?.settled ?? {});
  }
}

function isEnded({ ended, epoch }: Learnt, hold: string): boolean {
  return ended.has(hold) || (readHoldName(hold)?.epoch ?? 0) < epoch;
}

function entryOf(granted: GrantedReservation, wanted: WantedEnd, plan: Settled): SettleEntry {
  const { id, user, properties, quantities, expiresAtMs, hash } = granted;
  const given = wanted.type === 'commit' ? wanted.commit.properties : undefined;
  return {
    kind: 'settle',
    id: `settle/${id}`,
    ...(user === null ? {} : { user }),
    properties: given ?? properties,
    outcome: plan.outcome,
    parts: plan.parts,
    since: plan.since,
    reserved: { quantities, expiresAtMs, hash },
    hash: wanted.hash,
  };
}

/** What a commit or release is answered from the entry that stands. @throws Problem. */
export function endingFor(
  standing: SettleEntry,
  asked: WantedEnd['type'],
  id: string,
): Ending {
  const answer = settledAnswer(standing, asked);
  if (answer.type === 'refused') {
    const how = answer.code === 'reservation_released' ? 'released' : 'committed';
    throw new Problem(answer.code, `The reservation ${shown(id)} was ${how} before.`);
  }
  const { status, committed, writeOff } = answer;
  return { status, committed, writeOff };
}
