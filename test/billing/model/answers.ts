import type { Change, Effect } from '../../../billing/customer/change.js';
import { turn } from '../../../billing/customer/periods/turning.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import type { CustomerState } from '../../../billing/state.js';
import { must, same } from './broken.js';
import { Judge } from './judge.js';
import { epochOf } from './ledger.js';
import type { Model } from './model.js';
import { difference, equal } from './plainness.js';
import type { World } from './world.js';

type Decide = Extract<Change, { type: 'decide' }>;
type Granted = Extract<HoldAnswer, { type: 'granted' }>;

/** Answers that change nothing. */
const REFUSALS = ['denied', 'conflict', 'gone', 'noLease', 'turned', 'expired', 'later'];

/** Every answer to an ask: within every limit (I3), once (I4), and nothing where it is no (I14). */
export class Answers {
  /** Until then leases of an older epoch may live, handed out by those who made them. */
  quietUntilMs = 0;

  check(
    world: World,
    model: Model,
    change: Decide,
    before: CustomerState,
    effects: readonly Effect[],
  ): void {
    const { asks, usage, nowMs } = change;
    const answer = effects.find((effect) => effect.type === 'answer');
    must(answer?.type === 'answer', 'I14', () => 'asks without answers');
    const answers = answer?.type === 'answer' ? answer.answers : [];
    same(answers.length, asks.length, 'I14', () => 'answers');
    if (!usage && answers.every(({ type }) => REFUSALS.includes(type))) {
      // Time comes with an ask, and the first one of all puts the state into service.
      const turned = turn(before, nowMs);
      const after = { ...world.state, holds: { ...world.state.holds, asked: before.holds.asked } };
      const unchanged = world.state === before || equal(after, turned);
      must(unchanged, 'I14', () => `a refusal changed ${difference(turned, after)}`);
    }
    asks.forEach((ask, index) => this.one(model, world, ask, answers[index] as HoldAnswer, nowMs));
  }

  private one(model: Model, world: World, ask: HoldAsk, answer: HoldAnswer, nowMs: number): void {
    const said = () => `${JSON.stringify(ask)} -> ${JSON.stringify(answer).slice(0, 300)}`;
    if (answer.type === 'granted') this.granted(model, ask, answer, nowMs, said);
    else if (answer.type === 'denied' && (ask.type === 'reserve' || ask.type === 'lease')) {
      new Judge(model, nowMs).mustDeny(ask, answer.denial, said);
    }
  }

  private granted(
    model: Model,
    ask: HoldAsk,
    answer: Granted,
    nowMs: number,
    said: () => string,
  ): void {
    const standing = model.holds.named(answer.hold);
    if (ask.type === 'extend' || ask.type === 'shrink') {
      must(standing?.open === true, 'I4', said);
      if (!standing) return;
      const grew = Object.entries(answer.quantities).some(([meter, units]) => {
        return units > (standing.quantities[meter] ?? 0);
      });
      must(!grew || ask.type === 'extend', 'I5', said);
      standing.quantities = answer.quantities;
      standing.expiresAtMs = answer.expiresAtMs;
      standing.version += 1;
      if (ask.type === 'shrink') model.holds.closeIfSpent(standing);
      if (grew) new Judge(model, nowMs).mustFit(standing, said);
      return;
    }
    if (standing) {
      must(standing.open && standing.id === ask.id, 'I4', said);
      return;
    }
    if (ask.type === 'draw') throw new Error('nobody draws from a lease in this model');
    must(!model.holds.of(ask.id), 'I4', said);
    const isNew = ask.type === 'lease' || !ask.forSettle;
    must(!isNew || nowMs >= this.quietUntilMs, 'I5', () => `too early after a rebuild: ${said()}`);
    same(answer.grantedAtMs, nowMs, 'I4', said);
    const count = ask.type === 'lease' ? 'own' : Number(ask.counts ?? !ask.forSettle);
    const { hold: name, quantities, grantedAtMs, expiresAtMs } = answer;
    const { id, user, properties } = ask;
    const terms = { name, id, user, properties, count, grantedAtMs, expiresAtMs } as const;
    const hold = model.holds.grant({ ...terms, epoch: epochOf(name), quantities });
    new Judge(model, nowMs).mustFit(hold, said);
  }
}
