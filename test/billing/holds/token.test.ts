import { planCommit, planRelease } from '../../../billing/holds/settle.js';
import { settledAnswer } from '../../../billing/holds/settledAnswer.js';
import type { SettleEntry } from '../../../billing/log.js';
import { RESERVATION, answered, asksOf, fenced, grantOf } from './settleWorld.js';
import { knowledge, partsOf } from './settleWorld.js';
import { NOON_MS } from './world.js';

const TOKEN = { ...RESERVATION, hold: 'lease-1#3@5', isLeased: true };
const OWNER = knowledge({ keepsRest: true });
const OTHER = knowledge();

describe('a token of a lease', () => {
  it('consumes only what was used, where its owner hands the rest out again', () => {
    const plan = planCommit(TOKEN, { quantities: { input_tokens: 60 } }, OWNER);
    expect(partsOf(plan)).toEqual([
      {
        hold: 'lease-1#3@5',
        used: { input_tokens: 60, output_tokens: 0 },
        writeOff: {},
        settled: { input_tokens: 60, output_tokens: 0, requests: 1 },
        atMs: NOON_MS,
        counts: true,
      },
    ]);
  });

  it('early reuse: is consumed whole by any other process, as the owner still counts it', () => {
    const plan = planCommit(TOKEN, { quantities: { input_tokens: 60 } }, OTHER);
    expect(partsOf(plan)).toMatchObject([
      {
        used: { input_tokens: 60, output_tokens: 0 },
        settled: { input_tokens: 100, output_tokens: 20, requests: 1 },
      },
    ]);
  });

  it('released by its owner consumes nothing, by another all of it', () => {
    expect(partsOf(planRelease(TOKEN, OWNER))).toMatchObject([{ used: {}, settled: {} }]);
    expect(partsOf(planRelease(TOKEN, OTHER))).toMatchObject([
      { used: {}, settled: { input_tokens: 100, output_tokens: 20, requests: 1 } },
    ]);
  });

  it('is committed beyond its size by an extra that is no lease', () => {
    const commit = { quantities: { input_tokens: 130 } };
    expect(asksOf(planCommit(TOKEN, commit, OWNER))).toMatchObject([{ id: 'r0+1' }]);
    const known = { ...OWNER, ...answered(['r0+1', grantOf('r0+1#9@5', { input_tokens: 30 })]) };
    const parts = partsOf(planCommit(TOKEN, commit, known));
    expect(parts[0]?.settled).toEqual({ input_tokens: 100, output_tokens: 0, requests: 1 });
    expect(parts[1]).not.toHaveProperty('settled');
  });

  it('whose lease has ended is asked anew as a reservation, under its own id', () => {
    const known = knowledge(fenced('lease-1#3@5'));
    expect(asksOf(planCommit(TOKEN, {}, known))).toMatchObject([{ id: 'r0', hash: 'body' }]);
    const regranted = answered(['r0', grantOf('r0#9@5', RESERVATION.quantities)]);
    const parts = partsOf(planCommit(TOKEN, {}, { ...known, ...regranted }));
    expect(parts).toMatchObject([{ hold: 'r0#9@5' }]);
    expect(parts[0]).not.toHaveProperty('settled');
  });

  it('of another class leaves the lease unused', () => {
    const known = { ...OWNER, ...answered(['r0+1', grantOf('r0+1#9@5', TOKEN.quantities)]) };
    const parts = partsOf(planCommit(TOKEN, { properties: { model: 'large' } }, known));
    expect(parts).toMatchObject([{ hold: 'lease-1#3@5', settled: {} }, { hold: 'r0+1#9@5' }]);
  });

  it('date: is dated by its lease, whatever a process makes of the time', () => {
    const token = { ...TOKEN, grantedAtMs: NOON_MS - 9_000 };
    expect(partsOf(planCommit(token, {}, OTHER))[0]?.atMs).toBe(NOON_MS - 9_000);
  });
});

describe('two ends: the entry that stands answers everyone', () => {
  const committed: Pick<SettleEntry, 'outcome' | 'parts'> = {
    outcome: 'committed',
    parts: [
      { hold: 'r0#1@5', used: { a: 3, b: 0 }, writeOff: {}, atMs: 0, counts: true },
      { hold: 'r0+1#2@5', used: { a: 2 }, writeOff: {}, atMs: 0, counts: false },
      { hold: null, used: {}, writeOff: { c: 4 }, atMs: 0, counts: false },
    ],
  };
  const released = { outcome: 'released' as const, parts: [] };

  it('a commit by what was committed, added up over its holds', () => {
    expect(settledAnswer(committed, 'commit')).toEqual({
      type: 'ended',
      status: 'committed',
      committed: { a: 5, b: 0 },
      writeOff: { c: 4 },
    });
  });

  it('a release by what was given back', () => {
    expect(settledAnswer(released, 'release')).toEqual({
      type: 'ended',
      status: 'released',
      committed: null,
      writeOff: null,
    });
  });

  it('the loser by a refusal that names the winner', () => {
    expect(settledAnswer(released, 'commit')).toEqual({
      type: 'refused',
      code: 'reservation_released',
    });
    expect(settledAnswer(committed, 'release')).toEqual({
      type: 'refused',
      code: 'reservation_committed',
    });
  });

  it('a cache hit as a commit of nothing', () => {
    const hit = { outcome: 'cacheHit' as const, parts: [] };
    const nothing = { type: 'ended', status: 'committed', committed: {}, writeOff: null };
    expect(settledAnswer(hit, 'commit')).toEqual(nothing);
    expect(settledAnswer(hit, 'release')).toMatchObject({ code: 'reservation_committed' });
  });
});
