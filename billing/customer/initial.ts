import { NO_CONTROLS } from '../controls.js';
import { NO_CREDITS } from '../credits/account.js';
import { NO_PACE } from '../forecast/pace.js';
import { NO_HOLDS } from '../holds/hold.js';
import type { CustomerKey } from '../log.js';
import type { CustomerState } from '../state.js';
import { UTC } from '../windows/zone.js';

/** The state before anything of the log is folded. */
export function initialState(key: CustomerKey): CustomerState {
  return {
    shape: 2,
    key,
    mark: 0,
    ahead: [],
    head: 0,
    early: [],
    name: null,
    email: null,
    timezone: 'UTC',
    zone: UTC,
    controls: NO_CONTROLS,
    counters: {},
    holds: NO_HOLDS,
    credits: NO_CREDITS,
    sparing: true,
    billsUndrafted: 'withUsage',
    pace: NO_PACE,
    metadata: {},
    status: 'starting',
    plan: null,
    snapshots: {},
    pending: null,
    answer: null,
    clock: { offsetMs: 0, goal: null, reached: 0 },
    anchorMs: 0,
    anchorIndex: 0,
    stripe: null,
    firstPeriodStartMs: null,
    segments: [],
    startInvoice: null,
    retry: null,
    testClockSeconds: 0,
    synced: false,
    savedRow: '',
    pastDue: false,
    halted: null,
  };
}
