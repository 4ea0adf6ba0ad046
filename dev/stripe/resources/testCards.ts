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

/** Attaches, and fails when it is charged. */
function failsLater(last4: string, code: string): TestCard {
  return { brand: 'visa', last4, declineOnAttach: null, declineOnCharge: code };
}

const BY_NAME: Readonly<Record<string, TestCard>> = {
  visa: pays('visa', '4242'),
  mastercard: pays('mastercard', '4444'),
  amex: pays('amex', '8431'),
  chargeCustomerFail: failsLater('0341', 'generic_decline'),
  authenticationRequired: failsLater('3184', 'authentication_required'),
  chargeDeclined: declines('0002', 'generic_decline'),
  chargeDeclinedInsufficientFunds: declines('9995', 'insufficient_funds'),
  chargeDeclinedLostCard: declines('9987', 'lost_card'),
  chargeDeclinedStolenCard: declines('9979', 'stolen_card'),
  chargeDeclinedExpiredCard: declines('0069', 'expired_card'),
  chargeDeclinedIncorrectCvc: declines('0127', 'incorrect_cvc'),
  chargeDeclinedProcessingError: declines('0119', 'processing_error'),
};

const BY_NUMBER: Readonly<Record<string, string>> = {
  '4242424242424242': 'visa',
  '5555555555554444': 'mastercard',
  '4000000000000341': 'chargeCustomerFail',
  '4000002760003184': 'authenticationRequired',
  '4000000000000002': 'chargeDeclined',
  '4000000000009995': 'chargeDeclinedInsufficientFunds',
  '4000000000009987': 'chargeDeclinedLostCard',
  '4000000000009979': 'chargeDeclinedStolenCard',
  '4000000000000069': 'chargeDeclinedExpiredCard',
  '4000000000000127': 'chargeDeclinedIncorrectCvc',
  '4000000000000119': 'chargeDeclinedProcessingError',
};

/** The card of `pm_card_NAME`, `pm_card_visa_NAME` or `tok_NAME`, else null. */
export function cardByName(id: string): TestCard | null {
  const name = /^(?:pm_card|tok)_(?:visa_)?(\w+)$/.exec(id)?.[1] ?? '';
  return BY_NAME[name] ?? null;
}

/** The card of a test number, else null. */
export function cardByNumber(number: string): TestCard | null {
  const name = BY_NUMBER[number.replaceAll(' ', '')];
  return name ? (BY_NAME[name] ?? null) : null;
}
