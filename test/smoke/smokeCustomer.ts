import type Stripe from 'stripe';
import type { Invoice } from '../../billing/invoice.js';
import { DAY_MS, MINUTE_MS } from '../../billing/period.js';
import type { SmokeEngine } from './engine.js';

/** A month and two hours ago: a whole period of which Stripe takes usage, whatever clock counts. */
export function pastAnchorMs(nowMs: number): number {
  return Math.floor((nowMs - 31 * DAY_MS) / MINUTE_MS) * MINUTE_MS - 120 * MINUTE_MS;
}

/** The body of a customer, as far as these tests read it. */
export interface CustomerBody {
  readonly status: string;
  readonly now: string;
  readonly period: { readonly start: string; readonly end: string } | null;
  readonly reporting: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly stripe: { readonly customer: string; readonly subscription: string } | null;
}

/** Units by meter. */
export interface SmokeUnits {
  readonly smoke_tokens?: number;
  readonly smoke_images?: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** One customer through the API, and its invoices as Stripe itself has them. */
export class SmokeCustomer {
  readonly id: string;
  readonly anchorMs: number;
  #asked = 0;
  /** Known from the start: who has left shows no customer at Stripe any more. */
  #stripeCustomer = '';

  constructor(
    private readonly engine: SmokeEngine,
    name: string,
  ) {
    this.id = `smoke-${engine.run}-${name}`;
    this.anchorMs = pastAnchorMs(Date.now());
  }

  /** Makes it on `smoke`. */
  async start(): Promise<CustomerBody> {
    const body = { plan: 'smoke', anchor: iso(this.anchorMs) };
    const request = { method: 'PUT', path: this.#path(''), body } as const;
    const made = await this.engine.api.call<CustomerBody>(request);
    this.#stripeCustomer = made.stripe?.customer ?? '';
    expect([made.status, this.#stripeCustomer]).toEqual(['active', expect.stringMatching(/^cus_/)]);
    return made;
  }

  read(): Promise<CustomerBody> {
    return this.engine.api.call({ method: 'GET', path: this.#path('') });
  }

  /** Something done to it once, such as `cancel`. */
  ask<Body>(what: string, body: object): Promise<Body> {
    return this.#post(this.#path(`/${what}`), body);
  }

  /** Its clock. */
  async clock(to: number | 'periodEnd'): Promise<CustomerBody> {
    const given = { customer: this.id, to: typeof to === 'number' ? iso(to) : to };
    return (await this.#post<{ readonly customer: CustomerBody }>('/v1/test/clock', given))
      .customer;
  }

  async use(id: string, quantities: SmokeUnits, atMs: number): Promise<void> {
    const event = { id, customer: this.id, quantities, timestamp: iso(atMs) };
    const { status } = await this.#post<{ readonly status: string }>('/v1/events', event);
    expect(status).toBe('recorded');
  }

  async takeBack(id: string): Promise<void> {
    await this.#post(`/v1/events/${id}/void`, { customer: this.id, reason: 'a mistake' });
  }

  async credit(invoice: Invoice, amountMinor: number): Promise<void> {
    await this.#post(`/v1/invoices/${invoice.id}/credit`, { amountMinor, reason: 'sorry' });
  }

  /** Invoices oldest first. */
  async invoices(): Promise<Invoice[]> {
    const request = { method: 'GET', path: this.#path('/invoices') } as const;
    const { data } = await this.engine.api.call<{ readonly data: Invoice[] }>(request);
    return data.toReversed();
  }

  /** Each invoice in short, once it is seen that Stripe's own is equal to the cent, and paid. */
  async billed(): Promise<(readonly [reason: string, ...lines: string[]])[]> {
    const invoices = await this.invoices();
    for (const invoice of invoices) await this.#isEqualAtStripe(invoice);
    return invoices.map(({ reason, lines }) => {
      const costly = lines.filter(({ amountMinor }) => amountMinor !== 0);
      return [reason, ...costly.map(({ ref, amountMinor }) => `${ref} ${amountMinor}`)] as const;
    });
  }

  /** Every invoice that Stripe has of the customer. */
  async atStripe(): Promise<Stripe.Invoice[]> {
    const params = { customer: this.#stripeCustomer, limit: 100 };
    const list = this.engine.stripe.invoices.list(params);
    return list.autoPagingToArray({ limit: 1_000 });
  }

  async #isEqualAtStripe({ stripe, status, review, subtotalMinor }: Invoice): Promise<void> {
    expect([status, review]).toEqual(['paid', null]);
    const invoice = await this.engine.stripe.invoices.retrieve(stripe?.invoice ?? '');
    expect([invoice.status, invoice.subtotal]).toEqual(['paid', subtotalMinor]);
  }

  #path(rest: string): string {
    return `/v1/customers/${this.id}${rest}`;
  }

  #post<Body>(path: string, body: object): Promise<Body> {
    this.#asked += 1;
    const idempotencyKey = `${this.id}-${this.#asked}`;
    return this.engine.api.call<Body>({ method: 'POST', path, body, idempotencyKey });
  }
}
