/** Fields of Stripe's error body beside the message. */
export interface FailureFields {
  readonly type?: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
}

/** A refusal as Stripe words it: status, body and headers. */
export class StripeFailure extends Error {
  readonly status: number;
  readonly fields: FailureFields;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether what was done before stands (a declined payment leaves its attempt). */
  readonly keepsEffects: boolean;

  constructor(
    status: number,
    message: string,
    fields: FailureFields = {},
    more: { headers?: Record<string, string>; keepsEffects?: boolean } = {},
  ) {
    super(message);
    this.status = status;
    this.fields = { type: 'invalid_request_error', ...fields };
    this.headers = more.headers ?? {};
    this.keepsEffects = more.keepsEffects ?? false;
  }

  /** The JSON body. */
  body(): { error: FailureFields & { message: string } } {
    return { error: { ...this.fields, message: this.message } };
  }
}

/** 400 for one parameter. */
export function badParameter(param: string, message: string, code?: string): StripeFailure {
  return new StripeFailure(400, message, { param, ...(code ? { code } : {}) });
}

/** 400 for a request that does not fit the state. */
export function badRequest(message: string, code?: string): StripeFailure {
  return new StripeFailure(400, message, code ? { code } : {});
}

/** 404, or 400 where the id came as a parameter and not in the path. */
export function missing(what: string, id: string, param?: string): StripeFailure {
  const fields = { code: 'resource_missing', param: param ?? 'id' };
  return new StripeFailure(param ? 400 : 404, `No such ${what}: '${id}'`, fields);
}

/** Refusals that are a code of their own; the others are `card_declined` (docs: error-codes). */
const OWN_CODES = ['expired_card', 'incorrect_cvc', 'processing_error', 'authentication_required'];

/** 402 of a refused card. Where the attempt is recorded, its effects stand. */
export function cardDeclined(declineCode: string, keepsEffects: boolean): StripeFailure {
  const own = OWN_CODES.includes(declineCode);
  const fields = own
    ? ({ type: 'card_error', code: declineCode } as const)
    : ({ type: 'card_error', code: 'card_declined', decline_code: declineCode } as const);
  return new StripeFailure(402, 'Your card was declined.', fields, { keepsEffects });
}
