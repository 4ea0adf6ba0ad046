import type Stripe from 'stripe';
import type { Mode, PlanSnapshot } from '../../../billing/catalogue.js';
import { priceDifferences } from './priceDifferences.js';
import type { StandingMeter, StandingPrice, StandingProduct } from './standing.js';
import type { Survey } from './survey.js';
import { planName } from './wanted.js';

/** What becomes of each object that a catalogue needs at Stripe, in words. */

/**
 * `standing`: as it should be. `missing`: to be made. `different`: it would bill otherwise.
 * `archived`: out of use. `lost`: we made it, and the account has no such object.
 */
export type FindingState = 'standing' | 'missing' | 'different' | 'archived' | 'lost';

/** One object. */
export interface StripeFinding {
  readonly object: 'meter' | 'product' | 'price';
  /** Event name, plan version or lookup key: `durabill_tokens`, `pro@2`, `durabill/pro/2/base`. */
  readonly name: string;
  readonly state: FindingState;
  /** Id at Stripe; null: it is not there. */
  readonly id: string | null;
  /** What is wrong and the way out, or why it is to be made again; "" where there is no more. */
  readonly detail: string;
  /** True: nothing is published before somebody has put it right. */
  readonly blocks: boolean;
}

/** Which plan versions are on offer: of others, archived objects are no fault. */
export type OnOffer = (snapshot: PlanSnapshot) => boolean;

/** Judges everything that a survey found, in the order in which objects are made. */
export function findingsOf(survey: Survey, mode: Mode, onOffer: OnOffer): StripeFinding[] {
  const needed = survey.prices.filter(({ wanted, found }) => !found || onOffer(wanted.snapshot));
  const meters = new Set(needed.map(({ wanted }) => wanted.meter));
  const products = new Set(needed.map(({ wanted }) => wanted.product));
  return [
    ...survey.meters.map((row) => meterFinding(row, mode, meters.has(row.wanted.meter))),
    ...survey.products.map((row) => productFinding(row, mode, products.has(row.wanted.id))),
    ...survey.prices.map((row) => priceFinding(row, survey, mode, onOffer)),
  ];
}

type Named = Pick<StripeFinding, 'object' | 'name'>;

function absent(named: Named, mode: Mode, lost: string | null): StripeFinding {
  const row = { ...named, id: null };
  if (lost === null) return { ...row, state: 'missing', detail: '', blocks: false };
  const was = `it was made as ${lost}, which this account does not have`;
  if (mode === 'test') return { ...row, state: 'missing', detail: `${was} now`, blocks: false };
  const detail = `${was}: is the key that of another account?`;
  return { ...row, state: 'lost', detail, blocks: true };
}

function present(named: Named, id: string): StripeFinding {
  return { ...named, id, state: 'standing', detail: '', blocks: false };
}

function meterFinding(row: StandingMeter, mode: Mode, needed: boolean): StripeFinding {
  const { wanted, found, lost } = row;
  const named = { object: 'meter', name: wanted.eventName } as const;
  if (!found) return absent(named, mode, lost);
  const standing = present(named, found.id);
  const differences = meterDifferences(found, wanted.eventName);
  if (differences.length > 0) {
    const what = `it counts otherwise there (${differences.join('; ')})`;
    const detail = `${what}: give the meter ${wanted.meter} another id`;
    return { ...standing, state: 'different', detail, blocks: true };
  }
  if (found.status === 'active') return standing;
  const detail = 'it is deactivated there: reactivate it at Stripe';
  return { ...standing, state: 'archived', detail, blocks: needed };
}

/** What of a meter is not as we report to it; all of them add up what they are sent. */
function meterDifferences(meter: Stripe.Billing.Meter, eventName: string): string[] {
  const { customer_mapping: customer, value_settings: value } = meter;
  const fields: readonly (readonly [name: string, found: string, wanted: string])[] = [
    ['event name', meter.event_name, eventName],
    ['formula', meter.default_aggregation.formula, 'sum'],
    ['customer key', customer.event_payload_key, 'stripe_customer_id'],
    ['value key', value.event_payload_key, 'value'],
    ['event window', meter.event_time_window ?? 'none', 'none'],
  ];
  return fields
    .filter(([, found, wanted]) => found !== wanted)
    .map(([name, found, wanted]) => `${name} ${found}, not ${wanted}`);
}

function productFinding(row: StandingProduct, mode: Mode, needed: boolean): StripeFinding {
  const { wanted, found, lost } = row;
  const named = { object: 'product', name: wanted.plan } as const;
  if (!found) return absent(named, mode, lost);
  const standing = present(named, found.id);
  return found.active ? standing : archived(standing, wanted.snapshot, needed);
}

function priceFinding(
  row: StandingPrice,
  survey: Survey,
  mode: Mode,
  onOffer: OnOffer,
): StripeFinding {
  const { wanted, found, lost } = row;
  const { lookupKey, meter, snapshot, terms } = wanted;
  const named = { object: 'price', name: lookupKey } as const;
  if (!found) return absent(named, mode, lost);
  const standing = present(named, found.id);
  const differences = priceDifferences(terms, survey.stripeMeter(meter), found);
  if (found.lookup_key !== lookupKey) {
    differences.push(`lookup key ${found.lookup_key ?? 'none'}, not ${lookupKey}`);
  }
  if (differences.length > 0) {
    const what = `it stands at Stripe with other terms (${differences.join('; ')})`;
    const detail = `${what}: publish a new version of ${snapshot.id}`;
    return { ...standing, state: 'different', detail, blocks: true };
  }
  return found.active ? standing : archived(standing, snapshot, onOffer(snapshot));
}

function archived(
  standing: StripeFinding,
  snapshot: PlanSnapshot,
  blocks: boolean,
): StripeFinding {
  const wayOut = `make it active again, or publish a new version of ${snapshot.id}`;
  const detail = blocks
    ? `it is archived at Stripe: ${wayOut}`
    : `it is archived at Stripe, and ${planName(snapshot)} is not on offer`;
  return { ...standing, state: 'archived', detail, blocks };
}
