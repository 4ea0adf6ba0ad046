import type { PropertyValue } from '../../billing/catalogue.js';
import type { ErrorCode } from '../errors/codes.js';
import type { Fault } from '../errors/problem.js';

/** One event as a request holds it: checked in form, not yet judged. */
export interface Submission {
  /** Id in the log: the caller's own, or `ce/HASH` of a CloudEvent's source and id. */
  readonly id: string;
  /** Id in the answer. */
  readonly shownId: string;
  readonly customer: string;
  readonly user: string | undefined;
  readonly quantities: Readonly<Record<string, number>>;
  readonly timestamp: string | undefined;
  readonly timestampMs: number | null;
  readonly properties: Readonly<Record<string, PropertyValue>> | undefined;
  readonly cacheHit: boolean;
  readonly lease: string | undefined;
}

/** An event that can't be taken as it stands. */
export interface Refusal {
  readonly shownId: string | null;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly faults: readonly Fault[];
}

/** What a check of one event says. */
export type Checked = { readonly event: Submission } | { readonly refusal: Refusal };

/** What became of one event. */
export interface Outcome {
  readonly id: string | null;
  readonly status: 'recorded' | 'duplicate' | 'conflict' | 'free' | 'rejected';
  readonly unpriced?: true;
  readonly writeOff?: Readonly<Record<string, number>>;
  readonly code?: ErrorCode;
  readonly detail?: string;
  readonly faults?: readonly Fault[];
}

/** The outcome of an event that was refused. */
export function rejected({ shownId, code, detail, faults }: Refusal): Outcome {
  return { id: shownId, status: 'rejected', code, detail, faults };
}
