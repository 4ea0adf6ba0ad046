import { randomUUID } from 'node:crypto';
import type { Mode, PlanSnapshot } from '../../billing/catalogue.js';
import { stripeCustomerOf } from '../../billing/customer/reads/row.js';
import { planKey } from '../../billing/customer/periods/segments.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { StripeWish } from '../../billing/takeover.js';
import type { LogWriter } from '../../ledger/contract.js';
import { invalidRequest, Problem, unavailable, type Fault } from '../errors/problem.js';
import type { Catalogues } from '../reading/catalogues.js';
import type { CustomerRows } from '../reading/customerRows.js';
import type { Patience } from '../reading/poll.js';
import type { Standings } from '../reading/standings.js';
import type { CustomerRequest } from '../schemas/customer.js';
import type { PlanWish } from '../schemas/planName.js';
import {
  anchorFaults,
  anchorOf,
  changedDetails,
  changedPlan,
  firstDetails,
} from './change.js';
import { planFor, pointerOf, wishOf } from './atStripe.js';
import { customerCommand, FIRST_COMMAND } from './command.js';
import { publishedPlan, refusalOf, SETTLE_LIMIT_MS, settledAt } from './settling.js';

/** PUT of a customer: asks through the log, waits until the workflow has done it. */

/** Several requests that make one customer at once settle within this many rounds. */
const ROUNDS_MAX = 4;

/** What PUT stands on. */
export interface PutPorts {
  readonly writer: LogWriter;
  readonly rows: CustomerRows;
  readonly standings: Standings;
  readonly catalogues: Catalogues;
  readonly defaultPlan: PlanWish | null;
  tellNow(key: CustomerKey, head: number): Promise<void>;
  readonly now: () => number;
}

/** How a PUT ended. */
export interface PutResult {
  readonly made: boolean;
  readonly state: CustomerState;
}

/** Makes and changes customers. */
export class CustomerWriter {
  constructor(private readonly ports: PutPorts) {}

  /** @throws Problem for anything but a customer that can be used. */
  async put(
    mode: Mode,
    customer: string,
    request: CustomerRequest,
    gone: AbortSignal,
  ): Promise<PutResult> {
    const patience = { limitMs: SETTLE_LIMIT_MS, gone };
    const row = await this.ports.rows.fresh(mode, customer);
    const key = row?.key ?? this.ports.rows.nextKey(mode, customer);
    if (!key) throw new Problem('conflict', `${customer} is being deleted; try again in a moment.`);
    let known = row ? await this.ports.standings.fresh(key) : null;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if (known && known.status !== 'starting') return this.change(key, known, request, patience);
      if (known?.pending) known = await this.done(key, known.pending.request, patience);
      else {
        const made = await this.make(key, known, request, patience);
        if (made) return made;
        known = await this.ports.standings.fresh(key);
      }
    }
    throw new Problem('conflict', `${customer} is being made by other requests; try again.`);
  }

  /** Makes a customer; null when another request was first. */
  private async make(
    key: CustomerKey,
    known: CustomerState | null,
    request: CustomerRequest,
    patience: Patience,
  ): Promise<PutResult | null> {
    const plan = await this.firstPlan(key.mode, request);
    const atStripe = wishOf(null, request, plan);
    const id = known && known.mark > 0 ? `command/after-${known.mark}` : FIRST_COMMAND;
    const anchorMs = anchorOf(request);
    const entry = customerCommand(id, {
      plan,
      details: firstDetails(request, anchorMs ?? this.ports.now()),
      atMs: this.ports.now(),
      ...(anchorMs === undefined ? {} : { anchorMs }),
      ...(atStripe ? { atStripe } : {}),
    });
    const [outcome] = await this.ports.writer.append(key, [entry]);
    if (outcome?.status !== 'recorded') return null;
    const state = await this.done(key, outcome.number, patience);
    if (state.status !== 'starting') return { made: true, state };
    const refusal = refusalOf(state, outcome.number, pointerOf(request));
    throw refusal ?? unavailable('Nothing was made.', undefined, 5);
  }

  private async change(
    key: CustomerKey,
    state: CustomerState,
    request: CustomerRequest,
    patience: Patience,
  ): Promise<PutResult> {
    const asks = request.plan;
    const { catalogues } = this.ports;
    const wanted = asks === undefined ? null : await publishedPlan(catalogues, key.mode, asks);
    const changed = changedPlan(state, request, wanted);
    const atStripe = wishOf(state, request, planFor(state, wanted));
    const plan = atStripe ? planFor(state, wanted) : changed;
    if (atStripe && !plan) {
      throw new Problem('conflict', `${key.customer} is on no plan: name one.`);
    }
    const atMs = this.ports.now() + state.clock.offsetMs;
    const details = changedDetails(state, request, atMs);
    let known = state;
    // Apart, so that a plan that is refused changes nothing.
    if (plan) {
      const asked = { plan, details: {}, atMs, ...(atStripe ? { atStripe } : {}) };
      known = await this.asked(key, asked, pointerOf(request), patience);
      checkDone(known, plan, atStripe);
    }
    if (Object.keys(details).length === 0) return { made: false, state: known };
    const described = await this.asked(key, { details, atMs }, '', patience);
    return { made: false, state: described };
  }

  /** Writes a command and waits until it is worked off. @throws Problem where Stripe said no. */
  private async asked(
    key: CustomerKey,
    command: Parameters<typeof customerCommand>[1],
    pointer: string,
    patience: Patience,
  ): Promise<CustomerState> {
    const entry = customerCommand(`command/${randomUUID()}`, command);
    const [outcome] = await this.ports.writer.append(key, [entry]);
    if (!outcome || outcome.status === 'fenced') throw unavailable('The change was not taken.');
    const changed = await this.done(key, outcome.number, patience);
    const refusal = refusalOf(changed, outcome.number, pointer);
    if (refusal) throw refusal;
    return changed;
  }

  /** Waits until the request at `number` is worked off. */
  private done(key: CustomerKey, number: number, patience: Patience): Promise<CustomerState> {
    return settledAt(this.ports, key, number, patience);
  }

  private async firstPlan(mode: Mode, request: CustomerRequest): Promise<PlanSnapshot> {
    if (request.plan === undefined && !this.ports.defaultPlan) {
      const detail = 'plan is missing, and there is no default plan.';
      throw invalidRequest([{ detail, pointer: '/plan' }]);
    }
    const plan = request.plan === undefined
      ? await this.ports.catalogues.snapshot(mode, this.ports.defaultPlan as PlanWish)
      : await publishedPlan(this.ports.catalogues, mode, request.plan);
    if (!plan) throw unavailable('The default plan is not published.');
    const faults: readonly Fault[] = anchorFaults(plan, mode, request, this.ports.now());
    if (faults.length > 0) throw invalidRequest(faults);
    return plan;
  }
}

/** @throws Problem `conflict` where another change was under way: this one was not taken. */
function checkDone(
  state: CustomerState,
  plan: PlanSnapshot,
  atStripe: StripeWish | null,
): void {
  const isLinked = !atStripe?.customer || stripeCustomerOf(state) === atStripe.customer;
  const isTaken = !atStripe?.subscription || state.stripe?.subscription === atStripe.subscription;
  const isOnIt = state.plan !== null && planKey(state.plan) === planKey(plan);
  if (isLinked && isTaken && (isOnIt || !state.plan)) return;
  throw new Problem('conflict', 'Another change was under way; the first stands.');
}
