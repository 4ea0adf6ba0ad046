import { type WireList, listBody } from '../wire.js';
import type { Call } from './call.js';
import { badParameter } from './failure.js';
import type { Params } from './params.js';

/** What pages need of a record. */
interface Listed {
  readonly id: string;
}

/** Reads `limit`, `starting_after`, `ending_before`; limit 1 to 100, 10 by default. */
export interface PageRequest {
  readonly limit: number;
  readonly startingAfter: string | null;
  readonly endingBefore: string | null;
}

/** The page asked for. */
export function pageRequest(params: Params): PageRequest {
  const limit = params.integer('limit') ?? 10;
  if (limit < 1 || limit > 100) {
    const message = 'This value must be greater than or equal to 1 and at most 100.';
    throw badParameter('limit', message, 'parameter_invalid_integer');
  }
  return {
    limit,
    startingAfter: params.text('starting_after') ?? null,
    endingBefore: params.text('ending_before') ?? null,
  };
}

/**
 * One page of rows that stand in the order they are listed in. Stripe lists newest first unless
 * said otherwise.
 */
export function page<Row extends Listed, Shown>(
  call: Call,
  rows: readonly Row[],
  request: PageRequest,
  show: (row: Row) => Shown,
): WireList<Shown> {
  const place = (id: string, param: string): number => {
    const index = rows.findIndex((row) => row.id === id);
    if (index < 0) throw badParameter(param, `No such object: '${id}'`, 'resource_missing');
    return index;
  };
  if (request.endingBefore !== null) {
    const end = place(request.endingBefore, 'ending_before');
    const start = Math.max(0, end - request.limit);
    return listBody(call.path, rows.slice(start, end).map(show), start > 0);
  }
  const start =
    request.startingAfter === null ? 0 : place(request.startingAfter, 'starting_after') + 1;
  const end = start + request.limit;
  return listBody(call.path, rows.slice(start, end).map(show), end < rows.length);
}

/** Reads a `created` filter: an exact second or {gt, gte, lt, lte}. */
export function createdFilter(params: Params): (created: number) => boolean {
  if (!params.has('created')) return () => true;
  const range = rangeOf(params);
  return (created) =>
    created >= range.from && created <= range.to && created > range.above && created < range.below;
}

function rangeOf(params: Params): { from: number; to: number; above: number; below: number } {
  const open = { from: -Infinity, to: Infinity, above: -Infinity, below: Infinity };
  if (params.isText('created')) {
    const exactly = params.needInteger('created');
    return { ...open, from: exactly, to: exactly };
  }
  const child = params.child('created');
  return {
    from: child?.integer('gte') ?? open.from,
    to: child?.integer('lte') ?? open.to,
    above: child?.integer('gt') ?? open.above,
    below: child?.integer('lt') ?? open.below,
  };
}

/** Newest first. */
export function newestFirst<Row>(rows: readonly Row[]): Row[] {
  return rows.toReversed();
}
