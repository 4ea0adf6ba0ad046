import type { Mode } from '../../billing/catalogue.js';
import type { CommandEntry, CustomerKey } from '../../billing/log.js';
import type { LogWriter } from '../../ledger/contract.js';
import { customerCommand, FIRST_COMMAND } from '../customers/command.js';
import type { Catalogues } from '../reading/catalogues.js';
import type { Standings } from '../reading/standings.js';
import type { PlanWish } from '../schemas/planName.js';

const ENSURING_MAX = 1000;

/** Makes customers that nobody made before their first event (DURABILL_DEFAULT_PLAN). */
export class DefaultPlan {
  private readonly ensuring = new Set<string>();

  constructor(
    private readonly wish: PlanWish | null,
    private readonly catalogues: Catalogues,
    private readonly standings: Standings,
    private readonly writer: LogWriter,
    private readonly onFault: (error: unknown) => void,
  ) {}

  /** True where customers may be made by their first use. */
  get isSet(): boolean {
    return this.wish !== null;
  }

  /** The command that makes a customer; null without a default plan in this mode. */
  async command(mode: Mode, nowMs: number, id = FIRST_COMMAND): Promise<CommandEntry | null> {
    const plan = this.wish && (await this.catalogues.snapshot(mode, this.wish));
    return plan ? customerCommand(id, { plan, details: {}, atMs: nowMs }) : null;
  }

  /**
   * The log has a first command already, yet nobody knows the customer. Either it is being made
   * this moment, or making it failed (Stripe was away): then it is made now, on the default plan.
   * Its events are durable already, so this runs beside the answer, once at a time per customer.
   */
  ensureSoon(key: CustomerKey, nowMs: number): void {
    const name = `${key.mode}/${key.customer}`;
    if (this.ensuring.has(name) || this.ensuring.size >= ENSURING_MAX) return;
    this.ensuring.add(name);
    this.ensure(key, nowMs)
      .catch(this.onFault)
      .finally(() => this.ensuring.delete(name));
  }

  private async ensure(key: CustomerKey, nowMs: number): Promise<void> {
    const state = await this.standings.fresh(key);
    if (!state || state.status !== 'starting' || state.pending || state.mark === 0) return;
    const again = await this.command(key.mode, nowMs, `command/after-${state.mark}`);
    if (again) await this.writer.append(key, [again]);
  }
}
