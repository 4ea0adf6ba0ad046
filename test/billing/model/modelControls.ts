import type { Limit, PlanSnapshot } from '../../../billing/catalogue.js';
import type { Command } from '../../../billing/command.js';
import type { ControlsChange } from '../../../billing/controls.js';

/** What the operator set, as the reference model keeps it: Maps of the newest value. */
export class ModelControls {
  overage: 'allow' | 'block' = 'allow';
  frozen = false;
  hardAmountMinor: number | undefined;
  private readonly limits = new Map<string, number>();
  private readonly ceilings = new Map<string, number>();

  command(command: Command): void {
    if (command.type === 'freeze') this.frozen = true;
    if (command.type === 'controls') this.change(command.change);
    if (command.type === 'ceiling') {
      const where = JSON.stringify([command.limit, command.key]);
      if (command.max === null) this.ceilings.delete(where);
      else this.ceilings.set(where, command.max);
    }
  }

  private change(change: ControlsChange): void {
    if (change.overage !== undefined) this.overage = change.overage;
    if (change.frozen !== undefined) this.frozen = change.frozen;
    const hard = change.spend?.hardAmountMinor;
    if (hard !== undefined) this.hardAmountMinor = hard ?? undefined;
    for (const [id, max] of Object.entries(change.limits ?? {})) {
      if (max === null) this.limits.delete(id);
      else this.limits.set(id, max);
    }
  }

  /** The ceiling of a limit for one key: its own, the operator's, the plan's. */
  maxOf(limit: Limit, key: string | null): number {
    const own = this.ceilings.get(JSON.stringify([limit.id, key]));
    const max = own ?? this.limits.get(limit.id) ?? limit.max ?? limit.maxAmountMinor;
    return max as number;
  }

  /** The hard spend limit, whole minor units; undefined: none. */
  spendMax({ plan }: PlanSnapshot): number | undefined {
    return this.hardAmountMinor ?? plan.spend?.hardAmountMinor;
  }
}
