import type { Change, Effect } from '../../../billing/customer/change.js';
import type { CustomerState } from '../../../billing/state.js';
import type { World } from './world.js';

/** Looks on while a world goes its way; throws where a promise is broken. */
export interface Watch {
  before(world: World, change: Change): void;
  after(
    world: World,
    change: Change,
    before: CustomerState,
    effects: readonly Effect[],
  ): void;
  /** The state is a new one that knows nothing. */
  restored(world: World): void;
  /** The state will go on as this copy of itself. */
  carried(world: World, copy: CustomerState): void;
}

/** Looks away. */
export const WATCH_NOTHING: Watch = {
  before: () => undefined,
  after: () => undefined,
  restored: () => undefined,
  carried: () => undefined,
};
