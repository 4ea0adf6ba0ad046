import { NO_CONTROLS } from '../../../billing/controls.js';
import { changeControls } from '../../../billing/customer/controlling.js';
import { statusOf } from '../../../billing/customer/reads/row.js';
import { scopeKey } from '../../../billing/limits/counter.js';
import type { Command } from '../../../billing/command.js';
import { commanded, folded, free } from './world.js';

/** A free customer after these commands. */
function after(...commands: Command[]) {
  return folded(commands.map((command, index) => commanded(index + 2, command)), free());
}

describe('controls go before the plan', () => {
  it('keeps what a change does not name and empties what it names null', () => {
    const first = changeControls(
      NO_CONTROLS,
      { overage: 'block', spend: { hardAmountMinor: 900 }, limits: { day: 5, week: 9 } },
      1,
    );
    const second = changeControls(
      first,
      { spend: { softAmountMinor: 80, hardAmountMinor: null }, limits: { day: null } },
      2,
    );
    expect(second).toEqual({
      ...NO_CONTROLS,
      overage: 'block',
      spend: { softAmountMinor: 80 },
      limits: { week: 9 },
    });
    expect(changeControls(second, { overage: 'allow', grandfathered: true }, 3)).toMatchObject({
      overage: 'allow',
      grandfathered: true,
    });
    expect(changeControls({ ...second, grandfathered: true }, {}, 3).grandfathered).toBe(true);
  });

  it('freezes once, with the first reason, and notes when it was lifted', () => {
    const state = after(
      { type: 'freeze', reason: 'tokens ran away', atMs: 10 },
      { type: 'freeze', reason: 'again', atMs: 20 },
    );
    expect(state.controls.frozen).toEqual({ reason: 'tokens ran away', sinceMs: 10 });
    expect(statusOf(state)).toBe('frozen');
    const lifted = folded(
      [commanded(4, { type: 'controls', change: { frozen: false }, atMs: 30 })],
      state,
    );
    expect([lifted.controls.frozen, lifted.controls.liftedAtMs]).toEqual([null, 30]);
    expect(statusOf(lifted)).toBe('active');
  });

  it('freezes by an operator, with or without a reason; lifting nothing changes nothing', () => {
    const frozen = changeControls(NO_CONTROLS, { frozen: true, reason: 'fraud' }, 5);
    expect(frozen.frozen).toEqual({ reason: 'fraud', sinceMs: 5 });
    expect(changeControls(NO_CONTROLS, { frozen: true }, 5).frozen?.reason).toBe('operator');
    expect(changeControls(NO_CONTROLS, { frozen: false }, 5)).toEqual(NO_CONTROLS);
  });

  it('says canceled and incomplete before frozen, frozen before past due', () => {
    const frozen = { ...after({ type: 'freeze', reason: 'x', atMs: 1 }), pastDue: true };
    expect(statusOf(frozen)).toBe('frozen');
    expect(statusOf({ ...frozen, status: 'canceled' })).toBe('canceled');
    expect(statusOf({ ...frozen, status: 'incomplete' })).toBe('incomplete');
    expect(statusOf({ ...frozen, status: 'starting' })).toBe('starting');
    const thawed = { ...frozen, controls: NO_CONTROLS };
    expect(statusOf(thawed)).toBe('pastDue');
    expect(statusOf({ ...thawed, status: 'trialing', pastDue: false })).toBe('trialing');
  });
});

describe('one user, team or key has its own ceiling', () => {
  it('sets, replaces and takes back, a user called null apart from no user', () => {
    const set = (key: string | null, max: number | null): Command => ({
      type: 'ceiling',
      limit: 'day',
      key,
      max,
    });
    const state = after(set('u_1', 5), set(null, 6), set('null', 7), set('u_1', 8));
    expect(state.controls.ceilings).toEqual({
      day: { [scopeKey('u_1')]: 8, [scopeKey(null)]: 6, [scopeKey('null')]: 7 },
    });
    const left = after(set('u_1', 5), set('u_1', null));
    expect(left.controls.ceilings).toEqual({});
  });
});
