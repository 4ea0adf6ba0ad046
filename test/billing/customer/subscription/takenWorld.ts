import type { CustomerState } from '../../../../billing/state.js';
import type { TakenOver } from '../../../../billing/takeover.js';
import { laneOf, runLane, type Lane } from '../close/perfectStripe.js';
import { commanded, folded, LINK, PRO } from '../world.js';

/** A customer whose subscription ran at Stripe before, and was taken over. */

/** One day, ms. */
export const DAY_MS = 86_400_000;
/** Unix seconds of an instant. */
export const seconds = (text: string) => Date.parse(text) / 1000;

/** Anchored on 31 January, running from 28 February to 31 March. */
export const ANCHOR_SECONDS = seconds('2026-01-31T10:20:30Z');
/** When it is taken over. */
export const NOW_SECONDS = seconds('2026-03-10T12:00:30Z');
const THERE = { ...LINK, anchorSeconds: ANCHOR_SECONDS, itemsSinceSeconds: NOW_SECONDS };
/** What is said of it. */
export const TAKEN: TakenOver = {
  startSeconds: seconds('2026-02-28T10:20:30Z'),
  periods: 1,
  atSeconds: NOW_SECONDS,
  base: 'charged',
};

/** What is asked for. */
export const wish = { customer: null, subscription: 'sub_1' };

/** What differs. */
export interface Coming {
  readonly taken?: Partial<TakenOver>;
  readonly link?: object;
  readonly linkedAtSeconds?: number | null;
  readonly before?: CustomerState;
}

/** A customer that asks for it and is answered. */
export function taken(coming: Coming = {}): CustomerState {
  const { taken: change, link, linkedAtSeconds, before } = coming;
  const number = (before?.mark ?? 0) + 1;
  const atMs = before ? NOW_SECONDS * 1000 : Date.UTC(2026, 10, 21);
  return folded(
    [
      commanded(number, { type: 'customer', plan: PRO, details: {}, atMs, atStripe: wish }),
      commanded(number + 1, {
        type: 'subscribed',
        request: number,
        plan: PRO,
        stripe: { ...THERE, ...link },
        takenOver: { ...TAKEN, ...change },
        ...(linkedAtSeconds === undefined ? {} : { linkedAtSeconds }),
      }),
    ],
    before,
  );
}

/** Index, start, end and plan of each period. */
export const spans = ({ segments }: CustomerState) =>
  segments.map(({ index, startMs, endMs, plan }) => [
    index,
    new Date(startMs).toISOString().slice(0, 16),
    new Date(endMs).toISOString().slice(0, 16),
    plan.id,
  ]);

/** The lane of a state that has looked at Stripe, its clock moved by `toMs`. */
export function laneAt(state: CustomerState, toMs: number): Lane {
  const { lookAtStripe: _looked, ...rest } = state;
  const lane = laneOf({ ...rest, clock: { ...state.clock, offsetMs: 0 } });
  runLane(lane, toMs);
  return lane;
}
