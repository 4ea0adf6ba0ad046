import { decide } from '../../../billing/holds/decide.js';
import { dueFences, foldHoldFence } from '../../../billing/holds/fences.js';
import { planCommit, planRelease } from '../../../billing/holds/settle.js';
import type { Reservation } from '../../../billing/holds/settlement.js';
import { contextOf } from '../../../billing/limits/contextOf.js';
import { headroom } from '../../../billing/limits/headroom.js';
import type { CustomerState } from '../../../billing/state.js';
import { answered, fenced, knowledge, partsOf } from './settleWorld.js';
import { ask, customer, DAILY, decideOne, granted, grantOne, heldCells } from './world.js';
import { leaseAsk, NOON_MS, planWith, settled, tokens } from './world.js';

/** Each line of the list of interleavings that can be stated on the rules alone. */

const MIDNIGHT_MS = Date.UTC(2026, 10, 11);

/** Tokens that still fit at `atMs`. */
function room(state: CustomerState, atMs: number): number {
  const one = { user: null, quantities: tokens(1), properties: {} };
  return headroom(contextOf(state, atMs), one);
}

function reservationOf(
  grant: ReturnType<typeof granted>,
  more: Partial<Reservation> = {},
): Reservation {
  const { hold, quantities, grantedAtMs, since } = grant;
  const id = hold.slice(0, hold.indexOf('#'));
  const own = { id, user: null, properties: {}, isLeased: false, hash: 'tokens' };
  return { ...own, quantities, hold, grantedAtMs, since, ...more };
}

function reserved(state: CustomerState, id: string, quantity: number, atMs = NOON_MS) {
  const { state: after, grant } = grantOne(state, ask(id, quantity), atMs);
  return { state: after, reservation: reservationOf(grant) };
}

describe('midnight', () => {
  it('what was held before is dated before: never 600 of 500 in a day', () => {
    const before = reserved(customer(), 'r0', 100, MIDNIGHT_MS - 1_000);
    const after = reserved(before.state, 'r1', 500, MIDNIGHT_MS + 1_000);
    const parts = partsOf(planCommit(before.reservation, {}, knowledge()));
    expect(parts[0]?.atMs).toBe(MIDNIGHT_MS - 1_000);
    const done = settled(after.state, parts);
    expect(room(done, MIDNIGHT_MS + 5_000)).toBe(0);
    expect(room(done, MIDNIGHT_MS - 1)).toBe(400);
    const all = settled(done, partsOf(planCommit(after.reservation, {}, knowledge())));
    expect(room(all, MIDNIGHT_MS + 5_000)).toBe(0);
    expect(heldCells(all)).toBe(0);
  });
});

describe('two ends', () => {
  it('of one hold consume it once, whichever the log has first', () => {
    const { state, reservation } = reserved(customer(), 'r0', 100);
    const released = settled(state, partsOf(planRelease(reservation, knowledge())));
    expect(room(released, NOON_MS)).toBe(500);
    const committed = settled(state, partsOf(planCommit(reservation, {}, knowledge())));
    expect(room(committed, NOON_MS)).toBe(400);
    const again = settled(committed, partsOf(planRelease(reservation, knowledge())));
    expect(again.counters).toBe(committed.counters);
  });
});

describe('other class', () => {
  const plan = planWith([
    { ...DAILY, max: 1_000 },
    { id: 'large', meters: ['large'], max: 50, window: 'day', scope: 'customer' },
  ]);

  it('counts in a limit only what a hold of its own has debited there', () => {
    const { state, reservation } = reserved(customer(plan), 'r0', 60);
    const commit = { properties: { model: 'large' } };
    const known = knowledge({ snapshot: plan });
    const planned = planCommit(reservation, commit, known);
    if (planned.type !== 'ask') throw new Error(planned.type);
    const [answer] = decide(state, planned.asks, NOON_MS).answers;
    expect(answer?.type).toBe('denied');
    const parts = partsOf(
      planCommit(reservation, commit, { ...known, ...answered(['r0+1', answer as never]) }),
    );
    expect(parts.map(({ used, writeOff }) => [used, writeOff])).toEqual([
      [{}, {}],
      [{}, tokens(60)],
    ]);
  });
});

describe('part', () => {
  it('an extra after the edge is debited and dated in its own window', () => {
    const before = reserved(customer(), 'r0', 40, MIDNIGHT_MS - 1_000);
    const full = reserved(before.state, 'r1', 460, MIDNIGHT_MS - 500).state;
    const commit = { quantities: tokens(54) };
    const planned = planCommit(before.reservation, commit, knowledge());
    if (planned.type !== 'ask') throw new Error(planned.type);
    const extra = decide(full, planned.asks, MIDNIGHT_MS + 1_000);
    const known = knowledge(answered(['r0+1', granted(extra.answers[0])]));
    const parts = partsOf(planCommit(before.reservation, commit, known));
    expect(parts.map(({ atMs }) => atMs)).toEqual([MIDNIGHT_MS - 1_000, MIDNIGHT_MS + 1_000]);
    const done = settled(extra.state, parts);
    expect(room(done, MIDNIGHT_MS - 1)).toBe(0);
    expect(room(done, MIDNIGHT_MS + 1_000)).toBe(486);
  });
});

describe('date', () => {
  it('a token is dated by its lease, so no window gets what another was debited', () => {
    const full = reserved(customer(), 'r1', 500, MIDNIGHT_MS - 9_000).state;
    const { state, grant } = grantOne(full, leaseAsk('l1', 10, 200), MIDNIGHT_MS + 1);
    const token = reservationOf(grant, { id: 't1', quantities: tokens(40), isLeased: true });
    const parts = partsOf(planCommit(token, {}, knowledge()));
    const done = settled(state, parts);
    expect(parts[0]?.atMs).toBe(MIDNIGHT_MS + 1);
    expect(room(done, MIDNIGHT_MS - 1)).toBe(0);
    expect(room(done, MIDNIGHT_MS + 2)).toBe(300);
  });
});

describe('name', () => {
  it('an id that expired and is granted again is another hold: no round without end', () => {
    const first = reserved(customer(), 'r0', 100);
    const due = dueFences(first.state, NOON_MS + 60_000, 'x');
    const fence = due.fences[0]?.fence as never;
    const ended = foldHoldFence(due.state, 8, `fence/${due.fences[0]?.name}`, fence);
    const anew = { ...ask('r0', 100), forSettle: true, counts: true };
    const { state, grant } = grantOne(ended, anew, NOON_MS + 61_000);
    const second = { state, reservation: reservationOf(grant) };
    expect(second.reservation.hold).not.toBe(first.reservation.hold);
    const known = knowledge(fenced(first.reservation.hold));
    const parts = partsOf(planCommit(second.reservation, {}, known));
    expect(parts).toMatchObject([{ hold: second.reservation.hold }]);
    const late = foldHoldFence(second.state, 9, 'fence/expired-1@5', fence);
    expect(room(late, NOON_MS)).toBe(400);
  });
});

describe('size', () => {
  let leased: ReturnType<typeof grantOne>;
  let parts: ReturnType<typeof partsOf>;
  beforeEach(() => {
    leased = grantOne(customer(), leaseAsk('l1', 1, 50));
    const own = { id: 't1', quantities: tokens(25), isLeased: true };
    parts = partsOf(planCommit(reservationOf(leased.grant, own), {}, knowledge()));
  });
  const shrink = (size: number) =>
    ({ type: 'shrink', hold: 'l1#1@5', size: { input_tokens: size, requests: size } }) as const;

  it('is stated as settled, out and kept: what the fold brings later is not taken twice', () => {
    const stated = decideOne(leased.state, shrink(25)).state;
    expect(room(stated, NOON_MS)).toBe(475);
    const restated = decideOne(stated, shrink(25)).state;
    const done = settled(restated, parts);
    expect(room(done, NOON_MS)).toBe(475);
    expect(decideOne(done, shrink(25)).state.counters).toEqual(done.counters);
  });

  it('stated after the fold is the same', () => {
    const done = decideOne(settled(leased.state, parts), shrink(25)).state;
    expect(room(done, NOON_MS)).toBe(475);
  });

  it('a settle of more than is left gives nothing back below zero', () => {
    const twice = settled(settled(decideOne(leased.state, shrink(25)).state, parts), parts);
    expect(room(twice, NOON_MS)).toBe(450);
    expect(heldCells(settled(leased.state, [...parts, ...parts, ...parts]))).toBe(0);
  });
});

describe('epoch', () => {
  it('two instances never want the same one: the second begins later, the first is void', () => {
    const old = customer(undefined, { wanted: 'fence/epoch-a', epoch: null, newestEpoch: 0 });
    const first = foldHoldFence(old, 8, 'fence/epoch-a', { type: 'epoch' });
    const held = reserved(first, 'r0', 500).state;
    expect(dueFences({ ...old, holds: { ...old.holds, wanted: null } }, 0, 'b').fences).toEqual([
      { name: 'epoch-b', fence: { type: 'epoch' } },
    ]);
    const over = foldHoldFence(held, 9, 'fence/epoch-b', { type: 'epoch' });
    expect(over.holds).toMatchObject({ epoch: null, newestEpoch: 9 });
    expect(decideOne(over, ask('r1', 1)).answer.type).toBe('later');
  });
});

describe('ready', () => {
  it('no lease of the old epoch lives any more when the new one grants', () => {
    const leased = grantOne(customer(), leaseAsk('l1', 1, 52));
    const lastSettleMs = leased.grant.expiresAtMs;
    const rebuilt = customer(undefined, { wanted: 'fence/epoch-b', epoch: null });
    const lateMs = NOON_MS + 500_000;
    const begun = foldHoldFence(rebuilt, 9, 'fence/epoch-b', { type: 'epoch' });
    expect(decideOne(begun, ask('r1', 1), lateMs).answer.type).toBe('later');
    const waiting = dueFences(begun, lateMs, 'x').state;
    expect(decideOne(waiting, ask('r1', 1), lateMs + 69_999).answer.type).toBe('later');
    expect(decideOne(waiting, ask('r1', 1), lateMs + 70_000).answer.type).toBe('granted');
    expect(lastSettleMs - leased.grant.grantedAtMs).toBeLessThanOrEqual(70_000);
  });
});
