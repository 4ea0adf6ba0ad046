import { NO_CONTROLS } from '../../../billing/controls.js';
import {
  isMigratingTo,
  STAY_REASONS,
  whyItStays,
  type StayReason,
} from '../../../billing/migration/staying.js';
import type { CustomerState } from '../../../billing/state.js';
import { customer, NOVEMBER_MS, snapshotOf } from '../forecast/world.js';

/** Who a migration leaves where they are. */

const PRICED = { baseAmountMinor: 100 };
const to = { ...snapshotOf(PRICED), version: 2 };
const other = { ...to, version: 3 };

const state = (change: Partial<CustomerState> = {}): CustomerState => ({
  ...customer(PRICED),
  ...change,
});
const waiting = { request: 1, plan: to, atMs: NOVEMBER_MS };

const STAYING: Readonly<Record<StayReason, CustomerState>> = {
  halted: state({ halted: 'log number missing: 7' }),
  canceled: state({ status: 'canceled' }),
  incomplete: state({ status: 'incomplete' }),
  otherPlan: state({ plan: { id: 'else', version: 2 } }),
  alreadyThere: state({ plan: { id: 'plan', version: 2 } }),
  grandfathered: state({ controls: { ...NO_CONTROLS, grandfathered: true } }),
  trialing: state({ status: 'trialing' }),
  changing: state({ pending: { ...waiting, anchorMs: null } }),
  changeScheduled: state({ scheduled: waiting }),
  otherInterval: customer({ ...PRICED, interval: 'year' }),
};

test.each(STAY_REASONS)('stays: %s', (reason) => {
  expect(whyItStays(STAYING[reason], to)).toBe(reason);
});

test('everybody else moves, from a newer version too', () => {
  expect(whyItStays(state(), to)).toBeNull();
  expect(whyItStays(state({ plan: { id: 'plan', version: 9 } }), to)).toBeNull();
});

test('a cancellation that Stripe has not answered, and a customer without a period, stay', () => {
  expect(whyItStays(state({ leaving: { request: 1, next: null, atMs: 0 } }), to)).toBe('changing');
  expect(whyItStays(state({ segments: [] }), to)).toBe('incomplete');
  expect(whyItStays(state({ scheduled: { ...waiting, plan: null } }), to)).toBe('changeScheduled');
});

test('without a price on either side the interval may change', () => {
  const yearly = customer({ interval: 'year' });
  expect(whyItStays(yearly, to)).toBeNull();
  const flat = { ...snapshotOf({ interval: 'year' }), version: 2 };
  expect(whyItStays(state(), flat)).toBeNull();
});

test('the same move asked again is no other change; a move elsewhere is', () => {
  const moving = state({ scheduled: { ...waiting, migrates: true } });
  expect([isMigratingTo(moving, to), whyItStays(moving, to)]).toEqual([true, null]);
  expect([isMigratingTo(moving, other), whyItStays(moving, other)]).toEqual([
    false, 'changeScheduled',
  ]);
  expect(isMigratingTo(STAYING.changeScheduled, to)).toBe(false);
  expect(isMigratingTo(state(), to)).toBe(false);
});
