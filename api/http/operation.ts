import type { z } from 'zod';
import type { KeyScope } from '../../ledger/stores/contract.js';
import type { Mode } from '../../billing/catalogue.js';
import type { ErrorCode } from '../errors/codes.js';

/** One operation of the API: the router and OpenAPI are both made from the list of these. */

/** Who is calling: always from the key alone. */
export interface Caller {
  readonly keyId: string;
  readonly mode: Mode;
  readonly scope: KeyScope;
}

/** One request, checked. */
export interface Call<Path = unknown, Query = unknown, Body = unknown> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** The bytes as they came. */
  readonly rawBody: Uint8Array;
  /** Media type of the body without parameters, lower case; '' without one. */
  readonly contentType: string;
  /** Null on public operations without a good key. */
  readonly caller: Caller | null;
  /** Such as `http://localhost:3000`. */
  readonly origin: string;
  readonly requestId: string;
  header(name: string): string | undefined;
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
}

/** What a handler answers; `lines` is streamed as NDJSON, `html` and `text` as such. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: { readonly type: string; readonly content: string };
  readonly lines?: AsyncIterable<unknown>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Who may call. `public`: anyone, keys are not looked at; `optional`: anyone, a key decides the
 * mode; `ingest`: secret and ingest keys; `secret`: secret keys alone.
 */
export type Access = 'public' | 'optional' | 'ingest' | 'secret';

/** A documented answer. */
export interface AnswerShape {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

/** Everything about one operation. */
export interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete';
  /** Path in OpenAPI form: `/v1/customers/{id}`. */
  readonly path: string;
  /** Unique name, camelCase. */
  readonly name: string;
  readonly summary: string;
  readonly tag: string;
  readonly access: Access;
  /** True for operations that keys of test mode alone may call. */
  readonly testOnly?: boolean;
  /** True for the busiest: POSTs that are served without the router (see thinPath.ts). */
  readonly thin?: boolean;
  /** True where an Idempotency-Key makes a repeat answer the same. */
  readonly idempotent?: boolean;
  readonly pathSchema?: z.ZodObject;
  readonly querySchema?: z.ZodObject;
  readonly bodySchema?: z.ZodType;
  /**
   * `json`: parsed and checked by `bodySchema`. `unchecked`: parsed; the handler checks, by rules
   * that a test holds against `bodySchema`. `raw`: bytes only.
   */
  readonly bodyAs?: 'json' | 'unchecked' | 'raw';
  /** Media types of the body with their schemas, beside application/json. */
  readonly otherBodies?: Readonly<Record<string, z.ZodType>>;
  readonly answers: Readonly<Record<number, AnswerShape>>;
  readonly problems: readonly ErrorCode[];
  handle(call: Call): Promise<Answer>;
}

type Rest = Omit<Operation, 'handle' | 'pathSchema' | 'querySchema' | 'bodySchema'>;

/** An operation as it is declared: its handler gets what its schemas parse. */
export interface Declared<Path, Query, Body> extends Rest {
  readonly pathSchema?: z.ZodType<Path>;
  readonly querySchema?: z.ZodType<Query>;
  readonly bodySchema?: z.ZodType<Body>;
  handle(call: Call<Path, Query, Body>): Promise<Answer>;
}

/** Declares an operation. Path and query schemas are objects. */
export function operation<Path = undefined, Query = undefined, Body = undefined>(
  declared: Declared<Path, Query, Body>,
): Operation {
  // Sound: mount.ts parses every part with the very schemas of this operation.
  return declared as unknown as Operation;
}

/** The caller of an operation that demands a key. */
export function callerOf(call: Call): Caller {
  if (!call.caller) throw new Error('an operation without a key asked for its caller');
  return call.caller;
}
