import type { CustomerKey } from '../../billing/log.js';
import type { Attempt } from '../../ledger/log/attempt.js';
import { CustomerLane, type LaneSurroundings } from '../../ledger/log/lane.js';
import type { InsertOutcome } from '../../ledger/log/port.js';
import { GroupCommitWriter } from '../../ledger/log/writer.js';

/** A planted fault: what has arrived meanwhile joins a group of unknown outcome. */
class GrowingLane extends CustomerLane {
  protected override resend(attempt: Attempt): Promise<InsertOutcome | 'empty'> {
    const joining = this.queue.take(this.around.limits, ({ entry }) => entry.kind === 'usage');
    const slots = new Map([
      ...attempt.slots,
      ...joining.map((slot) => [slot.entry.id, slot] as const),
    ]);
    const entries = [...slots.values()].map((slot) => slot.entry);
    const { group, sizeBytes } = attempt;
    this.attempt = { group: { ...group, entries }, slots, sizeBytes };
    return super.resend(this.attempt);
  }
}

/** A writer whose lanes grow groups of unknown outcome. */
export class GrowingWriter extends GroupCommitWriter {
  protected override openLane(key: CustomerKey, name: string, around: LaneSurroundings) {
    return new GrowingLane(key, name, around);
  }
}
