import type { Account } from '../account.js';
import type { RequestFault } from './faults.js';
import type { Params } from './params.js';

/** One request as a resource sees it. */
export interface Call {
  readonly account: Account;
  readonly params: Params;
  /** Ids in the path, in order. */
  readonly ids: readonly string[];
  /** Path as it was asked for. */
  readonly path: string;
  /** The fault of the panel that hits this very request. */
  readonly fault?: RequestFault | null;
}

/** Answers a call or throws a StripeFailure; then nothing of what it did stands. */
export type Handler = (call: Call) => object;

/** One endpoint: `POST /v1/customers/:id`. */
export type Route = readonly [method: 'GET' | 'POST' | 'DELETE', path: string, handler: Handler];

/** The id at a place in the path. */
export function idAt(call: Call, place: number): string {
  return call.ids[place] ?? '';
}
