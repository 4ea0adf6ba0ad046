import { CustomerLeases } from '../../../api/leases/customerLeases.js';
import type { Clock } from '../../../api/leases/clock.js';
import type { HeldLease } from '../../../api/leases/heldLease.js';
import type {
  AskedReservation,
  GrantedReservation,
  LeaseBook,
} from '../../../api/decisions/contract.js';
import type { Reservation } from '../../../billing/holds/settlement.js';
import type { Quantities } from '../../../billing/log.js';
import type { SimulatedProcess } from '../process.js';
import type { Asking } from './asking.js';
import type { ProcessClock } from './clock.js';
import { KEY, PUBLISHED } from './plan.js';
import type { World } from './world.js';

/** How often what is due is looked for, virtual ms. */
const SWEEP_MS = 1_000;

/**
 * The leases that one life of a process takes by itself, by the product's code for a customer's:
 * when to ask, how much, what to give back. Only its clock and its timer are the world's.
 */
export class OwnLeases implements LeaseBook {
  private readonly waiting = new Map<string, HeldLease>();
  private readonly customer: CustomerLeases;
  private readonly now: Clock;
  private sweeping = false;

  constructor(
    private readonly world: World,
    asking: Asking,
    clock: ProcessClock,
    private readonly process: SimulatedProcess,
  ) {
    this.now = () => ({ monotonicMs: clock.elapsedMs(), wallMs: clock.wallMs() });
    const named = ({ hold, number }: { readonly hold: string; readonly number: number }) =>
      `${hold.replaceAll(/[#@]/g, '-')}.${number}`;
    const tokens = { name: named, seal: ({ id }: { readonly id: string }) => id };
    const ports = {
      decider: asking,
      tokens: tokens as never,
      mode: world.isLeasing ? 'always' : 'off',
      metersOf: () => PUBLISHED.meters,
      onFault: () => undefined,
    } as const;
    const events = {
      taken: (id: string, lease: HeldLease) => void this.waiting.set(id, lease),
      ended: (lease: HeldLease) => {
        for (const id of lease.waiting) this.waiting.delete(id);
      },
    };
    this.customer = new CustomerLeases(KEY, process.name, ports, this.now, events);
  }

  /** True for a token of one of these leases. */
  isOf({ id }: Reservation): boolean {
    return this.waiting.has(id);
  }

  take(asked: AskedReservation): GrantedReservation | null {
    if (!this.world.isLeasing) return null;
    const granted = this.customer.take(asked);
    this.keepSweeping();
    if (granted) this.world.handOut(granted.id, granted.hold, granted.quantities);
    return granted;
  }

  giveBack(): Promise<void> {
    return this.customer.giveBackAll();
  }

  named(): null {
    return null;
  }

  owns({ id }: Reservation): boolean {
    return this.waiting.get(id)?.isHandedOut(this.now()) ?? false;
  }

  settled({ id }: Reservation, settled: Quantities): void {
    this.waiting.get(id)?.settle(id, settled);
    this.waiting.delete(id);
  }

  close(): Promise<void> {
    return this.giveBack();
  }

  private keepSweeping(): void {
    if (this.sweeping || this.customer.isIdle) return;
    this.sweeping = true;
    void this.process.hear(this.world.schedule.pause(SWEEP_MS)).then(() => {
      this.sweeping = false;
      this.customer.sweep();
      this.keepSweeping();
    });
  }
}
