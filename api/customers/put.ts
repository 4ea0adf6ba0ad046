import { randomUUID } from 'node:crypto';
import type { Mode, PlanSnapshot } from '../../billing/catalogue.js';
import { planKey } from '../../billing/customer/segments.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
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
  refuseAdoption,
} from './change.js';
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
    const key = row?.key ?? { mode, customer, life: 1 };
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
    refuseAdoption(null, request);
    const plan = await this.firstPlan(key.mode, request);
    const id = known && known.mark > 0 ? `command/after-${known.mark}` : FIRST_COMMAND;
    const anchorMs = anchorOf(request);
    const entry = customerCommand(id, {
      plan,
      details: firstDetails(request, anchorMs ?? this.ports.now()),
      atMs: this.ports.now(),
      ...(anchorMs === undefined ? {} : { anchorMs }),
    });
    const [outcome] = await this.ports.writer.append(key, [entry]);
    if (outcome?.status !== 'recorded') return null;
    const state = await this.done(key, outcome.number, patience);
    if (state.status !== 'starting') return { made: true, state };
    throw refusalOf(state, outcome.number) ?? unavailable('Nothing was made.', undefined, 5);
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
    const plan = changedPlan(state, request, wanted);
    const atMs = this.ports.now() + state.clock.offsetMs;
    const details = changedDetails(state, request, atMs);
    if (!plan && Object.keys(details).length === 0) return { made: false, state };
    const asked = { ...(plan ? { plan } : {}), details, atMs };
    const entry = customerCommand(`command/${randomUUID()}`, asked);
    const [outcome] = await this.ports.writer.append(key, [entry]);
    if (!outcome || outcome.status === 'fenced') throw unavailable('The change was not taken.');
    const changed = await this.done(key, outcome.number, patience);
    const refusal = refusalOf(changed, outcome.number);
    if (refusal) throw refusal;
    if (plan && changed.plan && planKey(changed.plan) !== planKey(plan)) {
      throw new Problem('conflict', 'Another change of plan was under way; the first stands.');
    }
    return { made: false, state: changed };
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
