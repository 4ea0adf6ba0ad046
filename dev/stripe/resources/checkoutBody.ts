import type { Kinds } from '../state/records.js';

type Session = Kinds['checkoutSession'];

/** Fields in which new sessions differ. */
type SessionStart =
  | 'cancel_url'
  | 'client_reference_id'
  | 'created'
  | 'currency'
  | 'customer'
  | 'customer_creation'
  | 'customer_email'
  | 'expires_at'
  | 'hidden'
  | 'id'
  | 'metadata'
  | 'payment_method_collection'
  | 'success_url'
  | 'url';

/** An open session of mode `subscription`, in Stripe's form. */
export function blankCheckout(totalMinor: number): Omit<Session, SessionStart> {
  return {
    ...NOTHING_ASKED,
    object: 'checkout.session',
    amount_subtotal: totalMinor,
    amount_total: totalMinor,
    mode: 'subscription',
    payment_status: 'unpaid',
    status: 'open',
    ui_mode: 'hosted_page',
  };
}

const NOTHING_ASKED = {
  adaptive_pricing: null,
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_account: null,
  customer_details: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  optional_items: null,
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_configuration_details: null,
  payment_method_options: null,
  payment_method_types: ['card'],
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  submit_type: null,
  subscription: null,
  total_details: null,
  wallet_options: null,
} satisfies Partial<Session>;
