import { NO_CONTROLS } from '../controls.js';
import { NO_CREDITS } from '../credits/account.js';
import { NO_PACE } from '../forecast/pace.js';
import { NO_HOLDS } from '../holds/hold.js';
import type { CustomerState, Segment } from '../state.js';
import { UTC } from '../windows/zone.js';

/** States written by earlier releases, brought to today's shape by pure code. */

/** Any state a release has ever carried; `shape` tells which. */
export interface CarriedState {
  readonly shape: number;
}

/** A segment of shape 1: credits were one number a period. */
type FirstSegment = Omit<Segment, 'coveredMicroCredits'>;

/** What shape 1 did not have yet. */
type FirstState = Omit<
  CustomerState,
  'shape' | 'zone' | 'controls' | 'counters' | 'holds' | 'credits' | 'pace' | 'segments'
> & { readonly shape: 1; readonly segments: readonly FirstSegment[] };

/**
 * The state in today's shape. Shape 1 enforced no limit and kept neither counters nor lots of
 * credits: both begin at the upgrade, all that is billed goes on as it stood.
 * @throws RangeError for a shape that no release had.
 */
export function upgradeState(carried: CarriedState): CustomerState {
  switch (carried.shape) {
    case 2:
      return carried as CustomerState;
    case 1:
      return fromFirst(carried as FirstState);
    default:
      throw new RangeError(`no release had a state of shape ${carried.shape}`);
  }
}

function fromFirst(first: FirstState): CustomerState {
  return {
    ...first,
    shape: 2,
    zone: UTC,
    controls: NO_CONTROLS,
    counters: {},
    holds: NO_HOLDS,
    credits: NO_CREDITS,
    pace: NO_PACE,
    segments: first.segments.map((segment) => ({ ...segment, coveredMicroCredits: null })),
  };
}
