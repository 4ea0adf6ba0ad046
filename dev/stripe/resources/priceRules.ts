import { exactText, parseExact } from '../arithmetic.js';
import { badParameter, badRequest } from '../http/failure.js';
import type { Params } from '../http/params.js';
import type { Kinds } from '../state/records.js';

/** What Stripe refuses in a price (PriceCreateParams, stripe 23.1.0). */

type Price = Kinds['price'];
type Tier = NonNullable<Price['tiers']>[number];

/** The amounts of a price. */
export type PriceAmounts = Pick<
  Price,
  'billing_scheme' | 'tiers' | 'tiers_mode' | 'transform_quantity' | 'unit_amount'
> & { unit_amount_decimal: string | null };

const INTERVALS = ['day', 'week', 'month', 'year'] as const;
const COUNT_MAX = { day: 1095, week: 156, month: 36, year: 3 } as const;

/** An amount given whole or as a decimal, both ways as Stripe shows it; null: not given. */
function amountOf(params: Params, key: string): { whole: number | null; decimal: string } | null {
  const given = params.integer(key);
  const decimal = params.decimal(`${key}_decimal`);
  if (given !== undefined && decimal !== undefined) {
    const message = `You may only specify one of these parameters: ${key}, ${key}_decimal.`;
    throw badParameter(params.name(key), message, 'parameters_exclusive');
  }
  const text = decimal ?? (given === undefined ? undefined : String(given));
  if (text === undefined) return null;
  if (text.startsWith('-')) {
    throw badParameter(params.name(key), 'This value must be greater than or equal to 0.');
  }
  return { whole: text.includes('.') ? null : Number(text), decimal: text };
}

function tierOf(params: Params): Tier {
  const upTo = params.needText('up_to');
  const unit = amountOf(params, 'unit_amount');
  const flat = amountOf(params, 'flat_amount');
  if (!unit && !flat) {
    const message = 'Each tier needs unit_amount(_decimal) or flat_amount(_decimal).';
    throw badParameter(params.name('unit_amount'), message, 'parameter_missing');
  }
  if (flat && flat.whole === null) {
    const message = 'flat_amount_decimal must be a whole number of minor units.';
    throw badParameter(params.name('flat_amount_decimal'), message);
  }
  if (upTo !== 'inf' && !/^[1-9]\d*$/.test(upTo)) {
    throw badParameter(params.name('up_to'), `Invalid up_to: ${upTo}`);
  }
  return {
    flat_amount: flat?.whole ?? null,
    flat_amount_decimal: flat?.decimal ?? null,
    unit_amount: unit ? unit.whole : flat ? null : 0,
    unit_amount_decimal: unit?.decimal ?? null,
    up_to: upTo === 'inf' ? null : Number(upTo),
  };
}

function tiersOf(params: Params): Tier[] {
  const tiers = (params.children('tiers') ?? []).map(tierOf);
  if (tiers.length === 0) {
    throw badParameter('tiers', 'Missing required param: tiers.', 'parameter_missing');
  }
  tiers.forEach((tier, index) => {
    const last = index === tiers.length - 1;
    if (last !== (tier.up_to === null)) {
      const message = 'The last tier, and only it, must have up_to=inf.';
      throw badParameter(`tiers[${index}][up_to]`, message);
    }
    const below = tiers[index - 1]?.up_to ?? 0;
    if (tier.up_to !== null && tier.up_to <= below) {
      throw badParameter(`tiers[${index}][up_to]`, 'up_to must be ascending.');
    }
  });
  return tiers;
}

function transformOf(params: Params): PriceAmounts['transform_quantity'] {
  const transform = params.child('transform_quantity');
  if (!transform) return null;
  const divideBy = transform.needInteger('divide_by');
  if (divideBy < 1) throw badParameter('transform_quantity[divide_by]', 'Must be at least 1.');
  return { divide_by: divideBy, round: transform.needChoice('round', ['up', 'down']) };
}

/** Reads how a price is computed; refuses every combination that Stripe refuses. */
export function priceAmounts(params: Params): PriceAmounts {
  const scheme = params.choice('billing_scheme', ['per_unit', 'tiered']) ?? 'per_unit';
  const transform = transformOf(params);
  const unit = amountOf(params, 'unit_amount');
  if (scheme === 'per_unit') {
    if (params.has('tiers') || params.has('tiers_mode')) {
      throw badParameter('tiers', 'tiers can only be used with billing_scheme=tiered.');
    }
    if (!unit) {
      const message = 'Missing required param: unit_amount.';
      throw badParameter('unit_amount', message, 'parameter_missing');
    }
    return {
      billing_scheme: scheme,
      tiers_mode: null,
      transform_quantity: transform,
      unit_amount: unit.whole,
      unit_amount_decimal: unit.decimal,
    };
  }
  if (unit) throw badParameter('unit_amount', 'A tiered price has no unit_amount.');
  if (transform) {
    throw badParameter('transform_quantity', 'transform_quantity cannot be combined with tiers.');
  }
  return {
    billing_scheme: scheme,
    tiers: tiersOf(params),
    tiers_mode: params.needChoice<'graduated' | 'volume'>('tiers_mode', ['graduated', 'volume']),
    transform_quantity: null,
    unit_amount: null,
    unit_amount_decimal: null,
  };
}

/** Reads `recurring`; a metered price needs a meter, any other must not have one. */
export function recurringOf(
  params: Params,
  meterOf: (id: string) => Kinds['meter'] | undefined,
): Price['recurring'] {
  const recurring = params.child('recurring');
  if (!recurring) return null;
  const interval = recurring.needChoice('interval', INTERVALS);
  const count = recurring.integer('interval_count') ?? 1;
  if (count < 1 || count > COUNT_MAX[interval]) {
    throw badParameter('recurring[interval_count]', 'The interval is at most three years.');
  }
  const usage = recurring.choice('usage_type', ['licensed', 'metered']) ?? 'licensed';
  const meter = recurring.text('meter') ?? null;
  if (usage === 'metered' && meter === null) {
    const message = 'Metered prices must be backed by a meter: pass recurring[meter].';
    throw badParameter('recurring[meter]', message, 'parameter_missing');
  }
  if (usage === 'licensed' && meter !== null) {
    throw badParameter('recurring[meter]', 'Only metered prices can have a meter.');
  }
  if (meter !== null) refuseMeter(meter, meterOf(meter));
  return {
    interval,
    interval_count: count,
    meter,
    trial_period_days: null,
    usage_type: usage,
  };
}

function refuseMeter(id: string, meter: Kinds['meter'] | undefined): void {
  if (!meter) throw badParameter('recurring[meter]', `No such meter: '${id}'`, 'resource_missing');
  if (meter.status !== 'active') throw badRequest(`The meter ${id} is not active.`);
}

/** A quantity of licensed units or an item's amount: a plain decimal, not negative. */
export function plainQuantity(params: Params, key: string): string | undefined {
  const text = params.decimal(key);
  if (text === undefined) return undefined;
  const value = parseExact(text);
  if (!value || value.units < 0n) throw badParameter(params.name(key), 'Must not be negative.');
  return exactText(value);
}
