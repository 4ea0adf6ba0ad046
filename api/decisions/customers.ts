import type { Mode, PlanSnapshot, PublishedCatalogue } from '../../billing/catalogue.js';
import { planInForce, planKey } from '../../billing/customer/periods/segments.js';
import type { CustomerKey, Quantities } from '../../billing/log.js';
import type { LogWriter } from '../../ledger/contract.js';
import { Problem, unavailable } from '../errors/problem.js';
import type { DefaultPlan } from '../events/defaultPlan.js';
import { unknownMeter } from '../events/judge.js';
import { shown } from '../http/inspect.js';
import type { Catalogues } from '../reading/catalogues.js';
import type { CustomerRows } from '../reading/customerRows.js';
import type { Standings } from '../reading/standings.js';

/** Who is decided about, and under which plan. */

/** What is known of customers. */
export interface CustomerPorts {
  readonly rows: CustomerRows;
  readonly catalogues: Catalogues;
  readonly standings: Standings;
  readonly defaultPlan: DefaultPlan;
  readonly writer: LogWriter;
  /** Real time, ms. */
  readonly now: () => number;
}

/** A row's key and plan are good for so long; the workflow decides by its own state. */
const ROW_MS = 1_000;

/** Finds customers of decisions, and makes them on the default plan at first use. */
export class DecidedCustomers {
  constructor(private readonly ports: CustomerPorts) {}

  /**
   * The customer a decision is asked for; where nobody made it, the command that does is durable
   * when this resolves. @throws Problem `unknown_customer` without a default plan.
   */
  async made(mode: Mode, customer: string): Promise<CustomerKey> {
    const row = await this.ports.rows.recent(mode, customer, ROW_MS);
    if (row) return row.key;
    const key = this.ports.rows.nextKey(mode, customer);
    const nowMs = this.ports.now();
    const making = await this.ports.defaultPlan.command(mode, nowMs);
    if (!making || !key) throw unknownCustomer(mode, customer);
    const [made] = await this.ports.writer.append(key, [making]);
    if (made?.status !== 'recorded') this.ports.defaultPlan.ensureSoon(key, nowMs);
    return key;
  }

  /** A customer that must stand. @throws Problem `unknown_customer`. */
  async known(mode: Mode, customer: string): Promise<CustomerKey> {
    const row = await this.ports.rows.recent(mode, customer, ROW_MS);
    if (row) return row.key;
    // One made by its first decision has a log a moment before it has a row.
    const key = this.ports.rows.nextKey(mode, customer);
    if (key && this.ports.defaultPlan.isSet && (await this.ports.standings.fresh(key))) return key;
    throw unknownCustomer(mode, customer);
  }

  /** That a token is of the life that its customer has now. @throws Problem `unknown_customer`. */
  async requireLife({ mode, customer, life }: CustomerKey): Promise<void> {
    const row = await this.ports.rows.recent(mode, customer, ROW_MS);
    const now = row?.key ?? this.ports.rows.nextKey(mode, customer);
    if (now?.life !== life) throw unknownCustomer(mode, customer);
  }

  /** The plan in force. @throws Problem `unavailable` while there is none yet. */
  async snapshot(key: CustomerKey): Promise<PlanSnapshot> {
    const { rows, catalogues, standings } = this.ports;
    const row = await rows.recent(key.mode, key.customer, ROW_MS);
    const catalogue = await catalogues.require(key.mode);
    const found = row?.plan && catalogue.snapshots[planKey(row.plan)];
    if (found) return found;
    const state = await standings.fresh(key);
    const inForce = state && planInForce(state);
    if (inForce) return inForce;
    throw unavailable(`${key.customer} has no plan yet.`);
  }

  /** The published catalogue; looked at again where it lacks one of these meters. */
  async catalogue(mode: Mode, quantities: Quantities): Promise<PublishedCatalogue> {
    const known = await this.ports.catalogues.require(mode);
    if (unknownMeter({ quantities }, known) === null) return known;
    return this.ports.catalogues.again(mode);
  }

  /** The customer's clock as well as this process knows it, ms; for hints only. */
  nowOf(key: CustomerKey): number {
    const row = this.ports.rows.lastSeen(key.mode, key.customer);
    return this.ports.now() + (row?.offsetMs ?? 0);
  }
}

function unknownCustomer(mode: Mode, customer: string): Problem {
  const detail = `There is no customer ${shown(customer)} in ${mode} mode.`;
  return new Problem('unknown_customer', detail);
}
