/** A card of docs.stripe.com/testing and how it behaves. */
export interface TestCard {
  readonly brand: string;
  readonly last4: string;
  /** Decline code on attaching to a customer, null: it attaches. */
  readonly declineOnAttach: string | null;
  /** Decline code on charging, null: it pays. */
  readonly declineOnCharge: string | null;
}

function pays(brand: string, last4: string): TestCard {
  return { brand, last4, declineOnAttach: null, declineOnCharge: null };
}

function declines(last4: string, code: string): TestCard {
  return { brand: 'visa', last4, declineOnAttach: code, declineOnCharge: code };
}

const FAILS_LATER: TestCard = {
  brand: 'visa',
  last4: '0341',
  declineOnAttach: null,
  declineOnCharge: 'generic_decline',
};

const BY_NAME: Readonly<Record<string, TestCard>> = {
  visa: pays('visa', '4242'),
  mastercard: pays('mastercard', '4444'),
  amex: pays('amex', '8431'),
  chargeCustomerFail: FAILS_LATER,
  chargeDeclined: declines('0002', 'generic_decline'),
  visa_chargeDeclined: declines('0002', 'generic_decline'),
  chargeDeclinedInsufficientFunds: declines('9995', 'insufficient_funds'),
  visa_chargeDeclinedInsufficientFunds: declines('9995', 'insufficient_funds'),
};

const BY_NUMBER: Readonly<Record<string, string>> = {
  '4242424242424242': 'visa',
  '5555555555554444': 'mastercard',
  '4000000000000341': 'chargeCustomerFail',
  '4000000000000002': 'chargeDeclined',
  '4000000000009995': 'chargeDeclinedInsufficientFunds',
};

/** The card of `pm_card_NAME` or `tok_NAME`, else null. */
export function cardByName(id: string): TestCard | null {
  const name = /^(?:pm_card|tok)_(\w+)$/.exec(id)?.[1] ?? '';
  return BY_NAME[name] ?? null;
}

/** The card of a test number, else null. */
export function cardByNumber(number: string): TestCard | null {
  const name = BY_NUMBER[number.replaceAll(' ', '')];
  return name ? (BY_NAME[name] ?? null) : null;
}
