import type { PlanSnapshot } from '../../billing/catalogue.js';
import { isPriced, snapshotOf } from '../../billing/customer/periods/segments.js';
import type { CustomerDetailsChange } from '../../billing/command.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, type Fault } from '../errors/problem.js';
import { canonicalJson } from '../../billing/canonical.js';
import { shown } from '../http/inspect.js';
import type { CustomerRequest } from '../schemas/customer.js';
import { parseInstant } from '../schemas/instant.js';
import { zoneAround } from './zone.js';

/** What a PUT would change of a customer; nothing that stands already is written again. */

/** Details that differ from what stands. */
export function changedDetails(
  state: CustomerState,
  request: CustomerRequest,
  nowMs: number,
): CustomerDetailsChange {
  const wanted = {
    name: request.name,
    email: request.email,
    timezone: request.timezone === null ? 'UTC' : request.timezone,
    metadata: request.metadata === null ? {} : request.metadata,
  };
  const differing = Object.entries(wanted).filter(([field, value]) => {
    if (value === undefined) return false;
    return canonicalJson(value) !== canonicalJson(Reflect.get(state, field));
  });
  return withZone(Object.fromEntries(differing), nowMs);
}

/** The log has no zone database: a zone's offsets are written into it with its name. */
function withZone(details: CustomerDetailsChange, atMs: number): CustomerDetailsChange {
  const { timezone } = details;
  return timezone ? { ...details, zone: zoneAround(timezone, atMs) } : details;
}

/** Details of a new customer; `atMs`: where its first windows lie. */
export function firstDetails(request: CustomerRequest, atMs: number): CustomerDetailsChange {
  const { name, email, timezone, metadata } = request;
  const given = Object.entries({ name, email, timezone, metadata });
  const details = given.filter(([, value]) => value !== undefined && value !== null);
  return withZone(Object.fromEntries(details), atMs);
}

/** The anchor as a time, ms. */
export function anchorOf(request: CustomerRequest): number | undefined {
  return request.anchor === undefined ? undefined : (parseInstant(request.anchor) ?? undefined);
}

/** The anchor belongs to the first time; a repeat of the same one changes nothing. */
function checkAnchor(state: CustomerState, request: CustomerRequest): void {
  const anchorMs = anchorOf(request);
  if (anchorMs === undefined) return;
  if (anchorMs === state.firstPeriodStartMs || anchorMs === state.anchorMs) return;
  const detail = `anchor is for the first time only; ${shown(request.anchor)} was given.`;
  throw invalidRequest([{ detail, pointer: '/anchor' }]);
}

/**
 * The plan a known customer moves to, or null for none.
 * @throws Problem `invalid_request` for another anchor.
 */
export function changedPlan(
  state: CustomerState,
  request: CustomerRequest,
  wanted: PlanSnapshot | null,
): PlanSnapshot | null {
  checkAnchor(state, request);
  if (!wanted || !state.plan) return null;
  const { id, version } = state.plan;
  const same = wanted.id === id && (request.plan === id || wanted.version === version);
  if (!same) return wanted;
  if (state.status === 'incomplete') return snapshotOf(state, state.plan);
  return state.status === 'canceled' ? wanted : null;
}

/** Faults of an anchor for a new customer. `nowMs` is real time. */
export function anchorFaults(
  plan: PlanSnapshot,
  mode: CustomerState['key']['mode'],
  request: CustomerRequest,
  nowMs: number,
): readonly Fault[] {
  const anchorMs = anchorOf(request);
  if (anchorMs === undefined) return [];
  const fault = (why: string): readonly Fault[] => [
    { detail: `anchor ${why}; ${shown(request.anchor)} was given.`, pointer: '/anchor' },
  ];
  if (mode === 'live' && isPriced(plan)) {
    return fault('with a priced plan is for test mode only');
  }
  if (mode === 'live' && anchorMs > nowMs) return fault('must not lie in the future');
  return [];
}
