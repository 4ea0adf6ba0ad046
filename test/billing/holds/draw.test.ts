import { cellOf } from '../../../billing/cells.js';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import { endHolds } from '../../../billing/holds/ends.js';
import type { CustomerState } from '../../../billing/state.js';
import {
  customer,
  DAILY,
  decideOne,
  grantOne,
  heldCells,
  leaseAsk,
  NOON_MS,
  planWith,
  settled,
  tokens,
} from './world.js';

type DrawAsk = Extract<HoldAsk, { type: 'draw' }>;

function drawAsk(id: string, quantity: number, more: Partial<DrawAsk> = {}): DrawAsk {
  return {
    type: 'draw',
    id,
    lease: 'mine',
    user: null,
    quantities: tokens(quantity),
    properties: {},
    ttlMs: 60_000,
    hash: `draw ${quantity}`,
    ...more,
  };
}

/** A caller's lease of 100 tokens out of 500 a day, and what else is held. */
function leased(others = 400, state: CustomerState = customer()): CustomerState {
  const lease = leaseAsk('mine', 100, 100, { holder: null, ttlMs: 30_000 });
  const after = grantOne(state, lease).state;
  if (others === 0) return after;
  return grantOne(after, { ...leaseAsk('rest', others, others, { holder: null }) }).state;
}

const left = (state: CustomerState): number => {
  const hold = cellOf(state.holds.open, 'mine');
  return (hold?.quantities['input_tokens'] ?? 0) - (hold?.settled['input_tokens'] ?? 0);
};

describe('usage that names a lease', () => {
  it('moves out of it into a hold of its own, though nothing else would fit', () => {
    const { state, grant } = grantOne(leased(), drawAsk('e1', 60));
    expect(grant).toMatchObject({ quantities: tokens(60), grantedAtMs: NOON_MS });
    expect(left(state)).toBe(40);
    const denied = decideOne(state, { ...drawAsk('e2', 41), lease: 'none' });
    expect(denied.answer.type).toBe('denied');
    expect(denied.state).toBe(state);
  });

  it('is answered the same again, and is in conflict with another under its id', () => {
    const first = grantOne(leased(), drawAsk('e1', 60));
    const again = grantOne(first.state, drawAsk('e1', 60));
    expect(again.grant.hold).toBe(first.grant.hold);
    expect(again.state).toBe(first.state);
    expect(decideOne(first.state, drawAsk('e1', 61)).answer.type).toBe('conflict');
  });

  it('beyond the lease is taken if it fits, all of it', () => {
    const { state, grant } = grantOne(leased(0), drawAsk('e1', 500));
    expect(grant.quantities).toEqual(tokens(500));
    expect(cellOf(state.holds.open, 'mine')).toBeUndefined();
  });

  it('beyond the lease where it does not fit gets what the lease covers', () => {
    const { state, grant } = grantOne(leased(399), drawAsk('e1', 102));
    expect(grant.quantities).toEqual(tokens(100));
    expect(cellOf(state.holds.open, 'mine')).toBeUndefined();
    expect(decideOne(state, drawAsk('e2', 2)).answer.type).toBe('denied');
    expect(decideOne(state, drawAsk('e3', 1)).answer.type).toBe('granted');
  });

  it('after the end of the lease is judged like any other', () => {
    const over = NOON_MS + 30_000;
    expect(decideOne(leased(), drawAsk('e1', 1), over - 1).answer.type).toBe('granted');
    expect(decideOne(leased(), drawAsk('e1', 1), over).answer.type).toBe('denied');
    expect(decideOne(leased(399), drawAsk('e1', 1), over).answer.type).toBe('granted');
  });

  it('of another user or class takes nothing of the lease', () => {
    const plan = planWith([DAILY, { ...DAILY, id: 'user', scope: 'user' }]);
    const state = leased(400, customer(plan));
    for (const more of [{ user: 'u' }, { properties: { model: 'large' } }]) {
      const { answer, state: after } = decideOne(state, drawAsk('e1', 1, more));
      expect([answer.type, left(after)]).toEqual(['denied', 100]);
    }
  });

  it('of any user is covered where no limit tells users apart', () => {
    const { grant } = grantOne(leased(), drawAsk('e1', 60, { user: 'u' }));
    expect(grant.quantities).toEqual(tokens(60));
  });

  it('takes nothing of what a process of ours subdivides', () => {
    const plan = planWith([{ ...DAILY, max: 5_000 }]);
    const { state } = grantOne(customer(plan), leaseAsk('mine', 100, 2_000));
    const { grant, state: after } = grantOne(state, drawAsk('e1', 50));
    expect(grant.quantities).toEqual(tokens(50));
    expect(left(after)).toBe(left(state));
  });

  it('is a 1 in count meters: of the lease where it names them, else of what fits', () => {
    const plan = planWith([DAILY, { ...DAILY, id: 'rate', meters: ['requests'], max: 2 }]);
    const both = { input_tokens: 100, requests: 2 };
    const named = leaseAsk('mine', 0, 0, { holder: null, atLeast: both, upTo: both });
    let { state } = grantOne(customer(plan), named);
    for (const id of ['e1', 'e2']) ({ state } = grantOne(state, drawAsk(id, 10)));
    const third = grantOne(state, drawAsk('e3', 10));
    expect(third.grant).toMatchObject({ quantities: tokens(10), counts: false });
    expect(grantOne(third.state, drawAsk('e2', 10)).grant.counts).toBe(true);
    expect(cellOf(third.state.holds.open, 'e3')?.kind).toBe('extra');
    expect(cellOf(third.state.holds.open, 'e2')?.kind).toBe('reservation');
  });

  it('of a frozen customer still gets what the lease covers, and no more', () => {
    const frozen = { reason: 'operator', sinceMs: 0, by: 'operator' as const };
    const state = leased(0);
    const cold = { ...state, controls: { ...state.controls, frozen } } as CustomerState;
    expect(decideOne(cold, drawAsk('e1', 100)).answer).toMatchObject({ quantities: tokens(100) });
    expect(decideOne(cold, drawAsk('e1', 1, { lease: 'none' })).answer.type).toBe('denied');
  });

  it('leaves nothing held once its entry and the lease have ended', () => {
    const { state, grant } = grantOne(leased(0), drawAsk('e1', 60));
    const part = { hold: grant.hold, used: tokens(60), writeOff: {}, atMs: NOON_MS, counts: true };
    const used = settled(state, [part]);
    expect(left(used)).toBe(40);
    const rest = cellOf(used.holds.open, 'mine');
    const ended = endHolds(used, [{ hold: `mine#${rest?.serial}@${rest?.epoch}` }]);
    expect(heldCells(ended)).toBe(0);
  });

  it('is granted while a rebuilt workflow grants nothing new: it repeats a void lease', () => {
    const state = customer(undefined, { servingFromMs: NOON_MS + 1 });
    expect(decideOne(state, drawAsk('e1', 1)).answer.type).toBe('granted');
    expect(decideOne(state, leaseAsk('x', 1, 1)).answer.type).toBe('later');
  });
});
