import type { GrantedLease, LeaseRequest } from '../bodies.js';
import type { Http } from '../http.js';
import { LocalLease, Stopwatch } from './localLease.js';

/** Longest life of a lease, ms. */
export const LEASE_MS_MAX = 60_000;

/** `Date` is in whole seconds, rounded down. */
const DATE_ROUNDING_MS = 1_000;

/**
 * Life of a lease from before it was asked for. It may end earlier than asked, at the boundary of
 * a window: where the API does not say its length, its end is compared with the API's own clock.
 */
function lifeMs(granted: GrantedLease, askedMs: number, servedAtMs: number | null): number {
  if (granted.ttlMs !== undefined) return Math.min(askedMs, granted.ttlMs);
  const servedMs = servedAtMs === null ? Date.now() : servedAtMs + DATE_ROUNDING_MS;
  return Math.min(askedMs, Date.parse(granted.expiresAt) - servedMs);
}

/** Takes a lease; a repeat of the request gets the same one. @throws DurabillError. */
export async function askLease(
  http: Http,
  request: LeaseRequest,
  signal?: AbortSignal,
): Promise<LocalLease> {
  const ttlMs = request.ttlMs ?? LEASE_MS_MAX;
  const asked = new Stopwatch();
  const { body, servedAtMs } = await http.send<GrantedLease>({
    method: 'POST',
    path: '/v1/leases',
    body: { ...request, ttlMs },
    idempotencyKey: crypto.randomUUID(),
    repeat: 'away',
    signal,
  });
  return new LocalLease({
    id: body.id,
    request,
    quantities: body.quantities,
    expiresAt: body.expiresAt,
    lifeMs: lifeMs(body, ttlMs, servedAtMs),
    asked,
  });
}

/** Gives back what a lease has left. @throws DurabillError. */
export async function returnLease(http: Http, lease: LocalLease): Promise<void> {
  const quantities = lease.retire();
  if (!lease.isAlive || Object.values(quantities).every((quantity) => quantity === 0)) return;
  const path = `/v1/leases/${encodeURIComponent(lease.id)}/return`;
  const body = { customer: lease.terms.request.customer, quantities };
  await http.send({ method: 'POST', path, body, repeat: 'away' });
}
