import { moveClock, customerNow } from '../../billing/customer/clock.js';
import { foldStretch } from '../../billing/customer/fold.js';
import { initialState } from '../../billing/customer/initial.js';
import { customerRow, rowFingerprint } from '../../billing/customer/reads/row.js';
import { turn } from '../../billing/customer/periods/turning.js';
import { reduce } from '../../billing/customer/reducer.js';
import { actsOf } from '../../billing/entries.js';
import { dueFences, fenceDueMs } from '../../billing/holds/fences.js';
import type { CommandEntry, CustomerKey, UsageMessage } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { Ledger } from '../../ledger/contract.js';
import type { Engine } from '../../api/engine/engine.js';
import type { DecideReply, DecideRequest, DeletionOutcome } from '../../workflows/messages.js';
import { unavailable } from '../../api/errors/problem.js';

/** How Stripe answers in these tests. */
export type StripeAnswer = 'payment_required' | 'unavailable';

/**
 * The engine without Temporal: the same fold over the same log, run when it is told. Stripe
 * never takes a subscription here; those journeys run on the whole stack.
 */
export class FoldingEngine implements Engine {
  away = false;
  stripe: StripeAnswer = 'unavailable';
  readonly told: UsageMessage[] = [];
  readonly touched: string[] = [];
  /** Ids of the events that the worker was to look at. */
  readonly lookedAt: string[] = [];
  /** Ids of the Updates that came, in their order. */
  readonly decided: string[] = [];
  private readonly states = new Map<string, CustomerState>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly ledger: Ledger) {}

  async tell(key: CustomerKey, message: UsageMessage): Promise<void> {
    this.requireTemporal();
    this.told.push(message);
    await this.oneByOne(key, () => this.work(key));
  }

  /** As the workflow does it: usage folded, asks decided, fences written, all before the next. */
  async decide(
    key: CustomerKey,
    request: DecideRequest,
    updateId: string,
  ): Promise<DecideReply & { readonly folded: boolean }> {
    this.requireTemporal();
    this.decided.push(updateId);
    return this.oneByOne(key, () => this.decideAlone(key, request));
  }

  /** Lets time pass for a customer: holds past their end are fenced. */
  pass(key: CustomerKey): Promise<void> {
    return this.oneByOne(key, () => this.passHolds(key));
  }

  /** A customer's messages one after the other, as a workflow takes them. */
  private oneByOne<Value>(key: CustomerKey, run: () => Promise<Value>): Promise<Value> {
    const before = this.turns.get(nameOf(key)) ?? Promise.resolve();
    const mine = before.then(run);
    this.turns.set(
      nameOf(key),
      mine.catch(() => undefined),
    );
    return mine;
  }

  private async decideAlone(
    key: CustomerKey,
    { asks, usage }: DecideRequest,
  ): Promise<DecideReply & { readonly folded: boolean }> {
    if (!this.states.has(nameOf(key))) await this.work(key);
    const before = this.states.get(nameOf(key)) ?? initialState(key);
    const nowMs = customerNow(before, Date.now());
    const { state, effects } = reduce(before, { type: 'decide', asks, usage, nowMs });
    this.states.set(nameOf(key), state);
    await this.passHolds(key);
    const [answer] = effects;
    const answers = answer?.type === 'answer' ? answer.answers : [];
    return { answers, nowMs, mark: state.mark, folded: true };
  }

  /** Writes the fences that are due and folds them. */
  private async passHolds(key: CustomerKey): Promise<void> {
    const known = this.states.get(nameOf(key));
    if (!known?.holds.asked) return;
    const healed = await this.healed(known);
    const due = dueFences(healed, customerNow(healed, Date.now()), 'instance');
    for (const { name, fence } of due.fences) {
      const hash = JSON.stringify(fence);
      const entry = { kind: 'fence', id: `fence/${name}`, fence, hash } as const;
      await this.ledger.writer.append(key, [entry]);
    }
    this.states.set(nameOf(key), await this.healed(due.state));
  }

  async stripeChanged(_key: CustomerKey, event: string): Promise<void> {
    this.requireTemporal();
    this.touched.push(event);
    return Promise.resolve();
  }

  async workOnEvent(event: string): Promise<void> {
    this.requireTemporal();
    this.lookedAt.push(event);
    return Promise.resolve();
  }

  /** What deletions wait for here; each is done by `test/activities/deletion`. */
  awaited: readonly string[] = [];
  readonly deleted: CustomerKey[] = [];

  async deleteCustomer(key: CustomerKey): Promise<DeletionOutcome> {
    this.requireTemporal();
    const { awaited } = this;
    if (awaited.length > 0) return { awaited };
    this.deleted.push(key);
    await this.ledger.deletions.hide(key);
    await this.ledger.deletions.finish(key);
    return { awaited };
  }

  standing(key: CustomerKey): Promise<CustomerState | null> {
    return Promise.resolve().then(() => {
      this.requireTemporal();
      return this.states.get(nameOf(key)) ?? null;
    });
  }

  readiness(): Promise<{ readonly temporal: boolean; readonly worker: boolean }> {
    return Promise.resolve({ temporal: !this.away, worker: !this.away });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private requireTemporal(): void {
    if (this.away) throw unavailable('Temporal is away.');
  }

  private async work(key: CustomerKey): Promise<void> {
    let state = await this.healed(this.states.get(nameOf(key)) ?? initialState(key));
    if (state.pending) {
      await this.ledger.writer.append(key, [refusal(state.pending.request, this.stripe)]);
      state = await this.healed(state);
    }
    for (let before: CustomerState | null = null; before !== state; ) {
      before = state;
      state = moveClock(turn(state, customerNow(state, Date.now())), Date.now());
      if (before !== state || !isFenceDue(state)) continue;
      this.states.set(nameOf(key), state);
      await this.passHolds(key);
      state = this.states.get(nameOf(key)) ?? state;
    }
    if (state.status !== 'starting') await this.ledger.customers.save(customerRow(state));
    this.states.set(nameOf(key), { ...state, savedRow: rowFingerprint(state) });
  }

  private async healed(from: CustomerState): Promise<CustomerState> {
    let state: CustomerState = { ...from, synced: true };
    const groups = await this.ledger.log.groups(state.key, state.mark + 1, 1000);
    for (const { number, sums, ends, entries } of groups) {
      const acts = actsOf(entries);
      state = foldStretch(state, { from: number, to: number, sums, ends, acts });
    }
    return state;
  }
}

/** True while ended holds keep a clock from going on. */
function isFenceDue(state: CustomerState): boolean {
  const dueMs = fenceDueMs(state);
  return state.clock.goal !== null && dueMs !== null && dueMs <= customerNow(state, Date.now());
}

function refusal(request: number, code: StripeAnswer): CommandEntry {
  const command = { type: 'subscribeFailed', request, code, detail: 'as the test wants' } as const;
  return { kind: 'command', id: `command/subscribe-${request}`, command, hash: String(request) };
}

/** Each life has a workflow of its own. */
function nameOf({ mode, customer, life }: CustomerKey): string {
  return `${mode}/${customer}#${life}`;
}
