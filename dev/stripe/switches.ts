import type { TieRounding } from './arithmetic.js';

/**
 * Positions on what Stripe does not document, and the sandbox's own delays. The defaults are those
 * the engine's rules assume; under any other no wrong invoice may be collected.
 */
export interface Switches {
  /** Where an exact half of a minor unit goes. */
  tieRounding: TieRounding;
  /** Minutes from a period's end to its draft. */
  draftAfterMinutes: 0 | 60;
  /** Whether a period without base and without usage gets an invoice. */
  emptyInvoices: boolean;
  /** Whether a graduated tier without units is a line. */
  zeroUnitLines: boolean;
  /** Whether the flat amount of a first tier is due without usage. */
  flatAtZero: boolean;
  /** Whether a trial begins with an invoice of nothing (docs: trials; not said for flexible). */
  trialInvoices: boolean;
  /** Whether an amount below Stripe's minimum is carried to the next invoice, as documented. */
  minimumCharge: boolean;
  /** The account's setting for a subscription whose last payment attempt failed. */
  afterLastRetry: 'canceled' | 'past_due' | 'unpaid';
  /** Whether a subscription is past due while its newest invoice is open and not attempted. */
  uncollectedIsPastDue: boolean;
  /** Whether v1 answers a faulty meter event with an error, or takes it and reports later. */
  meterEventFaults: 'async' | 'sync';
  /** Whose time an event's age is measured by where its customer is on a test clock. */
  meterEventAge: 'realTime' | 'testClock';
  /** Real milliseconds from a faulty event to its error report. */
  errorReportMs: number;
  /** Whether a draft's usage lines follow later events before it is finalised. */
  earlyRefreshOfDrafts: boolean;
  /** Whether finalisation counts only events older than the lag. */
  finalisationLags: boolean;
  /** Real milliseconds before an event is in summaries and on new drafts. */
  summaryLagMs: number;
  /** Answer to a second meter event of one customer and meter while the first is under way. */
  concurrentMeterEvents: 'free' | '409' | '429';
  /** Real milliseconds one meter event is under way. */
  meterEventMs: number;
  /** Real milliseconds a test clock advances at least. */
  advanceMs: number;
}

const WORDS = {
  tieRounding: ['halfUp', 'halfEven'],
  draftAfterMinutes: [0, 60],
  emptyInvoices: [false, true],
  zeroUnitLines: [false, true],
  flatAtZero: [false, true],
  trialInvoices: [false, true],
  minimumCharge: [false, true],
  afterLastRetry: ['canceled', 'past_due', 'unpaid'],
  uncollectedIsPastDue: [false, true],
  meterEventFaults: ['async', 'sync'],
  meterEventAge: ['realTime', 'testClock'],
  earlyRefreshOfDrafts: [false, true],
  finalisationLags: [false, true],
  concurrentMeterEvents: ['free', '409', '429'],
} as const;

/** The positions of every switch that is not a delay, by its name. */
export const SWITCH_WORDS: Readonly<Record<string, readonly unknown[]>> = WORDS;

const DELAYS = ['summaryLagMs', 'meterEventMs', 'advanceMs', 'errorReportMs'] as const;
const DELAY_MAX_MS = 600_000;

/** The positions of a fresh sandbox. */
export function defaultSwitches(): Switches {
  return {
    tieRounding: 'halfUp',
    draftAfterMinutes: 0,
    emptyInvoices: false,
    zeroUnitLines: true,
    flatAtZero: false,
    trialInvoices: true,
    minimumCharge: true,
    afterLastRetry: 'canceled',
    uncollectedIsPastDue: false,
    meterEventFaults: 'sync',
    meterEventAge: 'testClock',
    errorReportMs: 200,
    earlyRefreshOfDrafts: false,
    finalisationLags: false,
    summaryLagMs: 150,
    concurrentMeterEvents: 'free',
    meterEventMs: 0,
    advanceMs: 20,
  };
}

/** Every fault of a change of switches, in words; none: it can be applied. */
export function switchFaults(change: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(change).flatMap(([name, value]) => {
    if (name in WORDS) {
      const words: readonly unknown[] = WORDS[name as keyof typeof WORDS];
      return words.includes(value) ? [] : [`${name}: ${String(value)} is not of ${words.join()}`];
    }
    if (!(DELAYS as readonly string[]).includes(name)) return [`${name}: no such switch`];
    const fits = Number.isSafeInteger(value) && Number(value) >= 0;
    return fits && Number(value) <= DELAY_MAX_MS ? [] : [`${name}: not 0 to ${DELAY_MAX_MS}`];
  });
}
