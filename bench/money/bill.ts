/** What is used in the benchmark, and what it must come to: an arithmetic of its own. */

/** Units of one period. */
export interface Units {
  readonly tokens: number;
  readonly images: number;
}

/** Base of the plan in bench/money/catalogue.json, minor units. */
const BASE_MINOR = 2_000;

/** Tokens of one minor unit, and what an image costs. */
const TOKENS_A_MINOR = 100;
const IMAGE_MINOR = 3;

/** The period's usage and the next one's base, minor units; a half goes up. */
export function expectedMinor({ tokens, images }: Units): number {
  const half = TOKENS_A_MINOR / 2;
  const forTokens = Math.floor((tokens + half) / TOKENS_A_MINOR);
  return forTokens + images * IMAGE_MINOR + BASE_MINOR;
}

/** An event as it is sent. */
export interface UsageEvent {
  readonly id: string;
  readonly customer: string;
  readonly timestamp: string;
  readonly quantities: Units;
}

const EVENTS_A_CUSTOMER = 3;

/** A few events of each customer, every customer's total its own. */
export function usageOf(customer: string, place: number, startMs: number): UsageEvent[] {
  return Array.from({ length: EVENTS_A_CUSTOMER }, (_, number) => ({
    id: `${customer}-${number}`,
    customer,
    timestamp: new Date(startMs + number * 1_000).toISOString(),
    quantities: { tokens: 1_000 + 37 * place + number, images: (place + number) % 7 },
  }));
}

/** All of some events. */
export function unitsOf(events: readonly UsageEvent[]): Units {
  return events.reduce(
    (sum, { quantities: { tokens, images } }) => ({
      tokens: sum.tokens + tokens,
      images: sum.images + images,
    }),
    { tokens: 0, images: 0 },
  );
}

/** An invoice as it is compared. */
export interface BilledInvoice {
  readonly reason: string;
  readonly status: string;
  readonly subtotalMinor: number;
  readonly stripe: { readonly subtotalMinor: number } | null;
}

/** What is wrong with a customer's invoices, newest first, after one period; empty: nothing. */
export function billFaults(
  customer: string,
  invoices: readonly BilledInvoice[],
  units: Units,
): string[] {
  const expected = [
    `cycle paid ${expectedMinor(units)} at Stripe ${expectedMinor(units)}`,
    `start paid ${BASE_MINOR} at Stripe ${BASE_MINOR}`,
  ].join(', ');
  const found = invoices
    .map(({ reason, status, subtotalMinor, stripe }) => {
      return `${reason} ${status} ${subtotalMinor} at Stripe ${stripe?.subtotalMinor ?? 'none'}`;
    })
    .join(', ');
  return found === expected ? [] : [`${customer}: ${found || 'no invoice'}, not ${expected}`];
}
