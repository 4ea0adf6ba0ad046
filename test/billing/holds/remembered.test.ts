import { dueFences, foldHoldFence } from '../../../billing/holds/fences.js';
import type { CustomerState } from '../../../billing/state.js';
import {
  ask,
  customer,
  DAILY,
  decideOne,
  granted,
  grantOne,
  leaseAsk,
  NOON_MS,
  planWith,
} from './world.js';

/** A grant is remembered by its id, even when it has expired; a denial says what to wait for. */

/** Time passes until every open hold is ended by a fence. */
function fencedAt(state: CustomerState, nowMs: number): CustomerState {
  const due = dueFences(state, nowMs, 'x');
  const [first] = due.fences;
  if (!first) throw new Error('no fence is due');
  return foldHoldFence(due.state, 8, `fence/${first.name}`, first.fence);
}

describe('an expired reservation', () => {
  const first = grantOne(customer(), ask('r0', 100));
  const ended = fencedAt(first.state, NOON_MS + 60_000);
  const laterMs = NOON_MS + 61_000;

  it('is answered as it was to the same ask, in conflict to another, and holds nothing', () => {
    const { hold, quantities, grantedAtMs, expiresAtMs, since } = first.grant;
    const again = decideOne(ended, ask('r0', 100), laterMs);
    expect(again.answer).toEqual({
      type: 'expired',
      hold,
      quantities,
      grantedAtMs,
      expiresAtMs,
      since,
    });
    expect(again.state).toBe(ended);
    expect(decideOne(ended, ask('r0', 100, { hash: 'other' }), laterMs).answer).toEqual({
      type: 'conflict',
    });
  });

  it('is granted anew to the settle that needs it', () => {
    const { grant } = grantOne(ended, ask('r0', 100, { forSettle: true }), laterMs);
    expect(grant.hold).toBe('r0#2@5');
  });

  it('is all that is remembered: a lease and an extra go when they end', () => {
    expect(ended.holds.ended?.map((hold) => hold.id)).toEqual(['r0']);
    const leased = grantOne(ended, leaseAsk('l1', 1, 60), laterMs).state;
    const extra = grantOne(leased, ask('r0+1', 5, { forSettle: true }), laterMs).state;
    const after = fencedAt(extra, laterMs + 74_000);
    expect(after.holds.open.size).toBe(0);
    expect(after.holds.ended?.map((hold) => hold.id)).toEqual(['r0']);
  });

  it('is forgotten after a hundred others', () => {
    let state = ended;
    const names = Array.from({ length: 100 }, (_, n) => `n${n}`);
    for (const id of names) state = grantOne(state, ask(id, 1), laterMs).state;
    state = fencedAt(state, laterMs + 64_000);
    expect(state.holds.ended).toHaveLength(100);
    granted(decideOne(state, ask('r0', 100), laterMs + 65_000).answer);
  });
});

describe('a denial by what is held', () => {
  const leased = grantOne(customer(), leaseAsk('l1', 1, 60)).state;

  const denialOf = (state: CustomerState, tokens: number) => {
    const { answer } = decideOne(state, ask('r1', tokens));
    return answer.type === 'denied' ? answer.denial : null;
  };

  it('tells that leases alone stand against it', () => {
    const denial = denialOf(leased, 480);
    expect(denial).toMatchObject({ code: 'held_by_concurrent_requests', byLeases: true });
  });

  it('does not where a reservation would still, or nothing would help', () => {
    const both = grantOne(leased, ask('r0', 100)).state;
    const held = denialOf(both, 480);
    expect(held).toMatchObject({ code: 'held_by_concurrent_requests' });
    expect(held).not.toHaveProperty('byLeases');
    expect(denialOf(leased, 501)).not.toHaveProperty('byLeases');
  });

  it('does not where no lease is open', () => {
    const reserved = grantOne(customer(), ask('r0', 100)).state;
    const held = denialOf(reserved, 480);
    expect(held).toMatchObject({ code: 'held_by_concurrent_requests' });
    expect(held).not.toHaveProperty('byLeases');
  });

  it('does not where the ask would be refused were everything given back', () => {
    const tiers = [
      { upTo: 10, unitAmountMinor: '1' },
      { upTo: 'inf', unitAmountMinor: '0.1' },
    ] as const;
    const falling = planWith([DAILY], { prices: { images: { type: 'volume', tiers } } });
    const ten = grantOne(customer(falling), ask('r0', 0, { quantities: { images: 10 } })).state;
    const both = grantOne(ten, leaseAsk('l1', 1, 60)).state;
    const blocked = { ...both, controls: { ...both.controls, overage: 'block' as const } };
    const quantities = { images: 5, input_tokens: 480 };
    const { answer } = decideOne(blocked, ask('r1', 0, { quantities }));
    expect(answer).toMatchObject({ type: 'denied', denial: { code: 'overage_blocked' } });
    expect(answer).not.toHaveProperty('denial.byLeases');
  });
});
