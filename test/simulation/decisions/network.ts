import type { UsageMessage } from '../../../billing/log.js';
import type { DecideRequest } from '../../../workflows/messages.js';
import type { Chance } from '../chance.js';
import type { Schedule } from '../schedule.js';
import type { Replied, SimulatedWorkflow } from './workflow.js';

/** How long a process waits for the answer to an Update, virtual ms. */
const TIMEOUT_MS = 3_000;

/** Between processes and workflow: messages are lost, late, doubled and out of order. */
export class Network {
  calm = false;
  /** Every signal is lost. */
  deaf = false;

  constructor(
    private readonly schedule: Schedule,
    private readonly chance: Chance,
    private readonly workflow: () => SimulatedWorkflow,
  ) {}

  /** A signal, sent and forgotten. */
  tell(message: UsageMessage): void {
    if (this.deaf || this.fails(0.15)) return;
    for (let times = this.fails(0.15) ? 2 : 1; times > 0; times -= 1) {
      void this.schedule.pause(this.delayMs(20_000)).then(() => this.workflow().tell(message));
    }
  }

  /** An Update; null: no answer came, it may be accepted now, later or never. */
  async update(updateId: string, request: DecideRequest): Promise<Replied | null> {
    if (this.fails(0.05)) void this.deliver(updateId, request, this.delayMs(15_000) + TIMEOUT_MS);
    const lost = this.fails(0.08);
    const reply = lost ? null : await this.deliver(updateId, request, this.delayMs(2_000));
    if (!reply || this.fails(0.08)) {
      await this.schedule.pause(TIMEOUT_MS);
      return null;
    }
    await this.schedule.pause(this.delayMs(2_000));
    return reply;
  }

  /** A call to a process, or its answer. */
  travel(): Promise<void> {
    return this.schedule.pause(this.delayMs(1_000));
  }

  private async deliver(
    updateId: string,
    request: DecideRequest,
    afterMs: number,
  ): Promise<Replied> {
    await this.schedule.pause(afterMs);
    return this.workflow().decide(updateId, request);
  }

  private delayMs(longestMs: number): number {
    if (this.calm) return 1;
    return this.fails(0.12) ? this.chance.whole(200, longestMs) : this.chance.whole(5, 60);
  }

  private fails(probability: number): boolean {
    return !this.calm && this.chance.happens(probability);
  }
}
