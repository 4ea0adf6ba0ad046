import { z } from 'zod';
import type { Mode } from '../../billing/catalogue.js';
import type { Intent, IntentStore } from '../../ledger/stores/contract.js';
import { classify } from './failures.js';
import type { StripeSession } from './session.js';

/**
 * Reports that Stripe took and refused afterwards: `v1.billing.meter.error_report_triggered` and
 * `…no_meter_found` (docs.stripe.com/billing/subscriptions/usage-based/recording-usage). They
 * become dead letters: shown, alerted and never billed silently.
 */

/** A summary shows an accepted report by then; an unnamed one that it lacks was refused. */
const SUMMARY_SURE_MS = 15 * 60_000;

/** Clocks of ours and Stripe's differ by less. */
const CLOCKS_APART_MS = 60_000;

/** Unnamed refusals are looked for among so many reports; beyond them the close finds them. */
const SUSPECTS_MAX = 100;

/** Identifiers taken from one report: it holds samples, not all. */
const NAMES_MAX = 200;

const REASON_LENGTH_MAX = 500;

const reportSchema = z.object({
  validation_start: z.iso.datetime({ offset: true }),
  validation_end: z.iso.datetime({ offset: true }),
  reason: z.object({
    error_count: z.number().int().nonnegative(),
    error_types: z.array(
      z.object({
        code: z.string(),
        sample_errors: z
          .array(
            z.object({
              error_message: z.string().catch(''),
              request: z.object({ identifier: z.string() }).nullish(),
            }),
          )
          .nullish(),
      }),
    ),
  }),
});

/** What an error report says. */
export interface ErrorReport {
  /** Stripe's meter; null: there is none by the name that was sent. */
  readonly meter: string | null;
  /** Why each named report was refused, by its identifier. */
  readonly reasons: ReadonlyMap<string, string>;
  /** How many more were refused. */
  readonly unnamed: number;
  /** Real time within which they were judged, ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Reads the data of a fetched event. The samples quote the HTTP key of the request, which is our
 * identifier up to `~`. Null: data of another shape.
 */
export function readErrorReport(data: unknown, meter: string | null): ErrorReport | null {
  const read = reportSchema.safeParse(data);
  if (!read.success) return null;
  const { validation_start: start, validation_end: end, reason } = read.data;
  const reasons = new Map<string, string>();
  for (const { code, sample_errors: samples } of reason.error_types) {
    for (const { error_message: message, request } of samples ?? []) {
      const [identifier = ''] = (request?.identifier ?? '').split('~');
      if (identifier === '' || reasons.size >= NAMES_MAX) continue;
      reasons.set(identifier, `${code}: ${message}`.slice(0, REASON_LENGTH_MAX));
    }
  }
  const unnamed = Math.max(0, reason.error_count - reasons.size);
  return { meter, reasons, unnamed, fromMs: Date.parse(start), toMs: Date.parse(end) };
}

/** What the search stands on. */
export interface Burial {
  readonly session: StripeSession;
  readonly intents: IntentStore;
  readonly mode: Mode;
}

/** What came of it. */
export interface Buried {
  /** Reports that are dead letters by this error report, in an earlier attempt or now. */
  readonly intents: readonly Intent[];
  /** False: some are not decided yet, look again later. */
  readonly settled: boolean;
}

/**
 * Makes dead letters of the reports that an error report means. One that Stripe has counted, by
 * the summary of its own minute, stays: another attempt of it went well. Repeatable.
 */
export async function buryRefused(burial: Burial, report: ErrorReport): Promise<Buried> {
  const { intents, mode } = burial;
  const named = await intents.named(mode, [...report.reasons.keys()]);
  const buried: Intent[] = [];
  for (const intent of named) {
    const refused = await isRefused(burial, report, intent);
    if (refused) buried.push(await bury(intents, intent, report.reasons.get(intent.id) ?? ''));
  }
  if (report.unnamed === 0 || report.meter === null) return { intents: buried, settled: true };
  const judgedMs = burial.session.now() - report.toMs;
  if (judgedMs < SUMMARY_SURE_MS) return { intents: buried, settled: false };
  return { intents: [...buried, ...(await buryUnnamed(burial, report))], settled: true };
}

async function buryUnnamed(burial: Burial, report: ErrorReport): Promise<Intent[]> {
  const buried: Intent[] = [];
  for (const intent of await suspects(burial, report)) {
    if (buried.length >= report.unnamed) break;
    if (!(await isRefused(burial, report, intent))) continue;
    buried.push(await bury(burial.intents, intent, 'refused, by an error report without its name'));
  }
  return buried;
}

/** Reports to the meter that were on their way when it judged, and are not known to be refused. */
async function suspects(burial: Burial, report: ErrorReport): Promise<readonly Intent[]> {
  const { session, intents, mode } = burial;
  const { event_name: eventName } = await session.stripe.billing.meters.retrieve(
    report.meter ?? '',
    {},
    session.within(),
  );
  const fromMs = report.fromMs - CLOCKS_APART_MS;
  const toMs = report.toMs + CLOCKS_APART_MS;
  const sent = await intents.sentWithin(mode, eventName, fromMs, toMs, SUSPECTS_MAX);
  return sent.filter(({ id, state }) => state !== 'deadLetter' && !report.reasons.has(id));
}

async function isRefused(burial: Burial, report: ErrorReport, intent: Intent): Promise<boolean> {
  if (intent.state === 'deadLetter') return true;
  return report.meter === null || (await countedOf(burial, report.meter, intent)) === 0;
}

/** Units that Stripe shows in the report's minute, which is its own; 0 where it can't show any. */
async function countedOf({ session }: Burial, meter: string, intent: Intent): Promise<number> {
  const { stripeCustomer, stampSeconds } = intent;
  try {
    const list = await session.stripe.billing.meters.listEventSummaries(
      meter,
      { customer: stripeCustomer, start_time: stampSeconds, end_time: stampSeconds + 60 },
      session.within(),
    );
    return list.data.reduce((sum, summary) => sum + summary.aggregated_value, 0);
  } catch (error) {
    // A customer or meter that is gone is one reason for which reports are refused.
    if (classify(error)?.kind === 'permanent') return 0;
    throw error;
  }
}

async function bury(intents: IntentStore, intent: Intent, reason: string): Promise<Intent> {
  if (intent.state === 'deadLetter') return intent;
  const change = { state: 'deadLetter', reason } as const;
  await intents.update(intent.id, change);
  return { ...intent, ...change };
}
