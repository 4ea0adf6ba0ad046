import type { Account } from './account.js';
import { newId } from './state/ids.js';
import type { MeterFaultRecord } from './state/records.js';

const SAMPLES_MAX = 5;

/**
 * Reports events that were taken and turned out to be faulty: some time later, one thin event per
 * meter, with samples only (docs.stripe.com/billing/subscriptions/usage-based/recording-usage;
 * V2/Core/Events.d.ts). Faults of no known meter make `no_meter_found`, which names no object.
 */
export class MeterErrorReports {
  readonly #account: Account;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(account: Account) {
    this.#account = account;
    this.wake();
  }

  /** Makes a report of what waits, after the delay of the switch. */
  wake(): void {
    if (this.#timer || this.#stopped) return;
    if (this.#account.store.all('meterFault').length === 0) return;
    this.#timer = setTimeout(() => this.#report(), this.#account.switches.errorReportMs);
    this.#timer.unref();
  }

  /** Ends reporting; what waits is reported after the next start. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #report(): void {
    this.#timer = null;
    const faults = this.#account.store.all('meterFault');
    this.#account.transact(() => {
      for (const meter of new Set(faults.map((fault) => fault.meter))) {
        const own = faults.filter((fault) => fault.meter === meter);
        this.#put(meter, own);
        for (const fault of own) this.#account.store.remove('meterFault', fault.id);
      }
    });
  }

  #put(meter: string | null, faults: readonly MeterFaultRecord[]): void {
    const { nowMs } = this.#account;
    const times = faults.map((fault) => fault.receivedMs);
    this.#account.emitThin({
      id: newId('evt_test'),
      object: 'v2.core.event',
      type: meter ? 'v1.billing.meter.error_report_triggered' : 'v1.billing.meter.no_meter_found',
      created: new Date(nowMs()).toISOString(),
      livemode: false,
      ...(meter === null ? {} : { related_object: relatedMeter(meter) }),
      data: {
        developer_message_summary: summaryOf(faults.length),
        reason: { error_count: faults.length, error_types: typesOf(faults) },
        validation_start: new Date(Math.min(...times)).toISOString(),
        validation_end: new Date(Math.max(...times) + 1).toISOString(),
      },
    });
  }
}

function relatedMeter(id: string): { id: string; type: string; url: string } {
  return { id, type: 'billing.meter', url: `/v1/billing/meters/${id}` };
}

function summaryOf(count: number): string {
  return count === 1 ? 'There is 1 invalid event' : `There are ${count} invalid events`;
}

function typesOf(faults: readonly MeterFaultRecord[]): object[] {
  return [...new Set(faults.map((fault) => fault.code))].map((code) => {
    const own = faults.filter((fault) => fault.code === code);
    return {
      code,
      error_count: own.length,
      sample_errors: own.slice(0, SAMPLES_MAX).map(({ message, identifier }) => ({
        error_message: message,
        request: { identifier },
      })),
    };
  });
}
