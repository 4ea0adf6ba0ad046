import { cellOf } from '../../../billing/cells.js';
import { openHolds, withHold } from '../../../billing/holds/book.js';
import { endHolds } from '../../../billing/holds/ends.js';
import { dueFences, fenceDueMs, foldHoldFence } from '../../../billing/holds/fences.js';
import type { Hold } from '../../../billing/holds/hold.js';
import type { CustomerState } from '../../../billing/state.js';
import { customer, heldCells, NOON_MS, tokens } from './world.js';

/** A reservation that ends `seconds` after noon. */
function hold(id: string, serial: number, seconds: number, more: Partial<Hold> = {}): Hold {
  return {
    id,
    serial,
    epoch: 5,
    kind: 'reservation',
    user: null,
    properties: {},
    revision: 3,
    quantities: tokens(10),
    settled: {},
    grantedAtMs: NOON_MS,
    expiresAtMs: NOON_MS + seconds * 1000,
    since: 7,
    hash: id,
    pins: [],
    ending: false,
    holder: null,
    ...more,
  };
}

function holding(...holds: readonly Hold[]): CustomerState {
  const serial = Math.max(0, ...holds.map((one) => one.serial));
  return holds.reduce(withHold, customer(undefined, { serial }));
}

const names = (state: CustomerState) => openHolds(state).map(({ id }) => id);
const at = (seconds: number) => NOON_MS + seconds * 1000;
const expired = (...holds: readonly string[]) => ({ type: 'expired', holds }) as const;

describe('expiry', () => {
  it('collects in steps of 5 s, and tells when the next one is', () => {
    const state = holding(hold('a', 1, 61), hold('b', 2, 63), hold('c', 3, 66));
    expect(dueFences(state, at(64), 'x')).toEqual({ state, fences: [], nextAtMs: at(65) });
    const due = dueFences(state, at(65), 'x');
    expect(due.fences).toEqual([
      { name: 'expired-1@5', fence: expired('a#1@5', 'b#2@5') },
    ]);
    expect(due.nextAtMs).toBeNull();
    expect(openHolds(due.state).map(({ ending }) => ending)).toEqual([true, true, false]);
  });

  it('says when a fence is due: at the step of the first end, at once while one waits', () => {
    expect(fenceDueMs(holding())).toBeNull();
    const state = holding(hold('a', 1, 61), hold('b', 2, 66));
    expect(fenceDueMs(state)).toBe(at(65));
    expect(fenceDueMs(dueFences(state, at(65), 'x').state)).toBe(0);
  });

  it('is due at the very end of a step', () => {
    const state = holding(hold('a', 1, 60));
    expect(dueFences(state, at(59.999), 'x').nextAtMs).toBe(at(60));
    expect(dueFences(state, at(60), 'x').fences).toHaveLength(1);
  });

  it('asks for the same fence until the log has it, whatever ends meanwhile', () => {
    const first = dueFences(holding(hold('a', 1, 60), hold('b', 2, 60)), at(60), 'x');
    const ended = endHolds(first.state, [{ hold: 'a#1@5' }]);
    const again = dueFences(ended, at(90), 'y');
    expect(again).toEqual({ state: ended, fences: first.fences, nextAtMs: null });
  });

  it('waits for the fence under way before it lists others', () => {
    const first = dueFences(holding(hold('a', 1, 60), hold('b', 2, 70)), at(60), 'x');
    expect(dueFences(first.state, at(70), 'x').fences).toEqual(first.fences);
    const [fence] = first.fences;
    const folded = foldHoldFence(first.state, 8, 'fence/expired-1@5', fence?.fence as never);
    expect(names(folded)).toEqual(['b']);
    expect(dueFences(folded, at(70), 'x').fences).toEqual([
      { name: 'expired-2@5', fence: expired('b#2@5') },
    ]);
  });

  it('lists at most 500 at once', () => {
    const many = Array.from({ length: 501 }, (_, n) => hold(`h${n}`, n + 1, 60));
    const due = dueFences(holding(...many), at(60), 'x');
    const fence = due.fences[0]?.fence;
    expect(fence?.type === 'expired' && fence.holds).toHaveLength(500);
    expect(due.fences[0]?.name).toBe('expired-1@5');
    const folded = foldHoldFence(due.state, 8, 'fence/expired-1@5', fence as never);
    expect(dueFences(folded, at(60), 'x').fences[0]?.name).toBe('expired-501@5');
  });

  it('has nothing to wait for without a hold', () => {
    const state = holding();
    expect(dueFences(state, at(60), 'x')).toEqual({ state, fences: [], nextAtMs: null });
    const emptied = endHolds(holding(hold('a', 1, 60)), [{ hold: 'a#1@5' }]);
    expect(dueFences(emptied, at(60), 'x').nextAtMs).toBeNull();
  });

  it('looks again for the next end when the one it waited for came sooner', () => {
    const all = holding(hold('a', 1, 60), hold('c', 3, 120), hold('b', 2, 90));
    const state = endHolds(all, [{ hold: 'a#1@5' }]);
    const due = dueFences(state, at(60), 'x');
    expect(due.fences).toEqual([]);
    expect(due.nextAtMs).toBe(at(90));
    expect(due.state.holds.fence).toBeNull();
  });

  it('decides nothing new before the fold has reached the head', () => {
    const behind = { ...holding(hold('a', 1, 60)), head: 8 };
    expect(dueFences(behind, at(60), 'x')).toEqual({ state: behind, fences: [], nextAtMs: null });
    const unsynced = { ...holding(hold('a', 1, 60)), synced: false };
    expect(dueFences(unsynced, at(60), 'x').fences).toEqual([]);
    const halted = { ...holding(hold('a', 1, 60)), halted: 'group 9 is missing' };
    expect(dueFences(halted, at(60), 'x').fences).toEqual([]);
  });

  it('acts only on the grant it names', () => {
    const state = holding(hold('a', 4, 60));
    const other = expired('a#3@5', 'a#4@4', 'b#4@5', 'no name');
    expect(foldHoldFence(state, 8, 'fence/expired-3@5', other)).toEqual(state);
    expect(names(foldHoldFence(state, 8, 'fence/x', expired('a#4@5')))).toEqual([]);
  });

  it('is not done by the fence of another', () => {
    const due = dueFences(holding(hold('a', 1, 60)), at(60), 'x');
    const folded = foldHoldFence(due.state, 8, 'fence/expired-9@3', expired());
    expect(folded.holds.fence).toEqual({ name: 'expired-1@5', holds: ['a#1@5'] });
  });

  it('leaves holds alone when a segment closes', () => {
    const state = holding(hold('a', 1, 60));
    const closed = { type: 'closed', segment: 0 } as const;
    expect(foldHoldFence(state, 8, 'fence/closed-0', closed)).toBe(state);
  });
});

describe('epoch', () => {
  const fresh = () => customer(undefined, { epoch: null, newestEpoch: 0 });

  it('is wanted under a random name, and the same until it stands', () => {
    const wanted = dueFences(fresh(), at(0), 'k2j');
    expect(wanted.fences).toEqual([{ name: 'epoch-k2j', fence: { type: 'epoch' } }]);
    expect(wanted.nextAtMs).toBeNull();
    const again = dueFences(wanted.state, at(9), 'other');
    expect(again).toEqual({ state: wanted.state, fences: wanted.fences, nextAtMs: null });
  });

  it('is not wanted before the log is read to its head', () => {
    const behind = { ...fresh(), head: 8 };
    expect(dueFences(behind, at(0), 'x')).toEqual({ state: behind, fences: [], nextAtMs: null });
  });

  it('begins with the number of its own fence, and serves at once where none was before', () => {
    const { state } = dueFences(fresh(), at(0), 'x');
    const begun = foldHoldFence(state, 8, 'fence/epoch-x', { type: 'epoch' });
    expect(begun.holds).toMatchObject({ epoch: 8, wanted: null, newestEpoch: 8 });
    expect(begun.holds.servingFromMs).toBe(0);
  });

  it('after another one waits for the longest lease from the first look at the clock', () => {
    const rebuilt = foldHoldFence(fresh(), 3, 'fence/epoch-old', { type: 'epoch' });
    expect(rebuilt.holds).toMatchObject({ epoch: null, newestEpoch: 3 });
    const { state } = dueFences(rebuilt, at(0), 'new');
    const begun = foldHoldFence(state, 8, 'fence/epoch-new-3', { type: 'epoch' });
    expect(begun.holds.servingFromMs).toBeNull();
    const looked = dueFences(begun, at(10), 'x').state;
    expect(looked.holds.servingFromMs).toBe(at(80));
    expect(dueFences(looked, at(20), 'x').state).toBe(looked);
  });

  it('the one of another instance is never taken for its own', () => {
    const { state } = dueFences(fresh(), at(0), 'mine');
    const other = foldHoldFence(state, 8, 'fence/epoch-theirs', { type: 'epoch' });
    expect(other.holds).toMatchObject({ epoch: null, wanted: 'fence/epoch-mine' });
    const mine = foldHoldFence(other, 9, 'fence/epoch-mine', { type: 'epoch' });
    expect(mine.holds).toMatchObject({ epoch: 9, servingFromMs: null });
  });

  it('voids every hold before it, and what was on its way', () => {
    const due = dueFences(holding(hold('a', 1, 60), hold('b', 2, 90)), at(60), 'x');
    const voided = foldHoldFence(due.state, 8, 'fence/epoch-theirs', { type: 'epoch' });
    expect(voided.holds).toMatchObject({ epoch: null, fence: null, nextEndMs: null, pinned: {} });
    expect(names(voided)).toEqual([]);
    expect(heldCells(voided)).toBe(0);
    expect(dueFences(voided, at(61), 'y').fences).toEqual([
      { name: 'epoch-y-8', fence: { type: 'epoch' } },
    ]);
  });

  it('keeps serials going, so that no name ever comes twice', () => {
    const state = foldHoldFence(holding(hold('a', 6, 60)), 8, 'fence/e', { type: 'epoch' });
    expect(state.holds.serial).toBe(6);
  });
});

describe('an end in the log', () => {
  it('of a reservation ends all of it, whatever it says was settled', () => {
    const state = holding(hold('a', 1, 60));
    const ended = endHolds(state, [{ hold: 'a#1@5', settled: tokens(3) }]);
    expect(names(ended)).toEqual([]);
    expect(heldCells(ended)).toBe(0);
  });

  it('of a lease consumes what it says, or ends it', () => {
    const state = holding(hold('a', 1, 60, { kind: 'lease' }));
    const part = endHolds(state, [{ hold: 'a#1@5', settled: tokens(3) }]);
    expect(openHolds(part).map(({ settled }) => settled)).toEqual([tokens(3)]);
    expect(names(endHolds(part, [{ hold: 'a#1@5', settled: tokens(7) }]))).toEqual([]);
    expect(names(endHolds(part, [{ hold: 'a#1@5' }]))).toEqual([]);
  });
});

describe('stale: a hold of its own epoch that it never made', () => {
  it('in a settle puts the instance out of service', () => {
    const state = holding(hold('a', 2, 60));
    const stale = endHolds(state, [{ hold: 'b#3@5' }]);
    expect(stale.holds.epoch).toBeNull();
    expect(cellOf(stale.holds.open, 'a')).toBeDefined();
    expect(dueFences(stale, at(0), 'new').fences[0]?.name).toBe('epoch-new-5');
  });

  it('in a fence, too', () => {
    const stale = foldHoldFence(holding(hold('a', 2, 60)), 8, 'fence/x', expired('b#3@5'));
    expect(stale.holds.epoch).toBeNull();
  });

  it('but not one of another epoch, or one that has ended', () => {
    const state = holding(hold('a', 2, 60));
    expect(endHolds(state, [{ hold: 'b#3@4' }, { hold: 'b#1@5' }, { hold: 'b#2@5' }])).toBe(state);
    expect(endHolds(state, [{ hold: 'nonsense' }])).toBe(state);
  });
});
