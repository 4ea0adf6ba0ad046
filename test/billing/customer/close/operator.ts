import type { Command } from '../../../../billing/command.js';
import { foldStretch } from '../../../../billing/customer/fold.js';
import { laneOf, runLane, type Lane } from './perfectStripe.js';
import { commanded, row, START_MS, subscribed, used } from '../world.js';

/** A customer whose first period ends, and an operator. */

const DAY_MS = 86_400_000;

/** End of the first period. */
export const END_MS = Date.UTC(2026, 1, 1);

/** A day after it: its invoice is done. */
export const LATER_MS = END_MS + DAY_MS;

type Asked = Partial<Extract<Command, { type: 'invoice' }>>;

/** A customer at the end of a period with usage; periods before it came to 3,000 minor units. */
export function atEnd(tokens: number, earlier: readonly number[] = [3000]): Lane {
  const lane = laneOf(subscribed());
  runLane(lane, START_MS);
  const { state } = lane;
  const pace = { ...state.pace, closedUsageMinor: earlier };
  const counted = used(state.mark + 1, state.mark + 1, [row(START_MS + DAY_MS, tokens)]);
  lane.state = foldStretch({ ...state, pace }, counted);
  lane.steps.length = 0;
  return lane;
}

/** An operator's command on the first invoice, and what follows. */
export function told(lane: Lane, asked: Asked, atMs = LATER_MS): void {
  const what = { type: 'invoice', segment: 0, action: 'approve', reason: 'checked', atMs } as const;
  const number = lane.state.mark + 1;
  lane.state = foldStretch(lane.state, commanded(number, { ...what, ...asked }));
  runLane(lane, atMs);
}
