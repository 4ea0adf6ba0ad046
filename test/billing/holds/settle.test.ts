import { planCommit, planRelease } from '../../../billing/holds/settle.js';
import { DENIED, RESERVATION, answered, asksOf, fenced, grantOf } from './settleWorld.js';
import { knowledge, partsOf } from './settleWorld.js';
import { NOON_MS } from './world.js';

const OWN = { hold: 'r0#1@5', writeOff: {}, atMs: NOON_MS, counts: true };
const ONE_O_CLOCK_MS = NOON_MS + 3_600_000;

describe('a commit', () => {
  it('of what was reserved uses all of it, dated by its hold', () => {
    const plan = planCommit(RESERVATION, {}, knowledge());
    expect(plan).toEqual({
      type: 'settle',
      outcome: 'committed',
      parts: [{ ...OWN, used: { input_tokens: 100, output_tokens: 20 } }],
      since: 7,
    });
  });

  it('of less returns the rest: a meter left out stands with 0', () => {
    const plan = planCommit(RESERVATION, { quantities: { input_tokens: 60 } }, knowledge());
    expect(partsOf(plan)).toEqual([{ ...OWN, used: { input_tokens: 60, output_tokens: 0 } }]);
  });

  it('of nothing keeps the 1 of count meters', () => {
    const plan = planCommit(RESERVATION, { quantities: {} }, knowledge());
    expect(partsOf(plan)).toEqual([{ ...OWN, used: { input_tokens: 0, output_tokens: 0 } }]);
  });

  it('of more asks for a hold of its own first, for the settle alone', () => {
    const commit = { quantities: { input_tokens: 130, output_tokens: 20, images: 2 } };
    const [extra, ...others] = asksOf(planCommit(RESERVATION, commit, knowledge()));
    expect(others).toEqual([]);
    expect(extra).toMatchObject({
      type: 'reserve',
      id: 'r0+1',
      user: null,
      quantities: { input_tokens: 30, images: 2 },
      properties: { model: 'small' },
      ttlMs: 60_000,
      forSettle: true,
      counts: false,
    });
  });

  it('of more names both holds, each dated by its own grant, and counts once', () => {
    const commit = { quantities: { input_tokens: 130 } };
    const known = knowledge(answered(['r0+1', grantOf('r0+1#8@5', { input_tokens: 30 }, 3)]));
    const plan = planCommit(RESERVATION, commit, known);
    expect(plan).toMatchObject({ type: 'settle', since: 3 });
    expect(partsOf(plan)).toEqual([
      { ...OWN, used: { input_tokens: 100, output_tokens: 0 } },
      {
        hold: 'r0+1#8@5',
        used: { input_tokens: 30 },
        writeOff: {},
        atMs: ONE_O_CLOCK_MS,
        counts: false,
      },
    ]);
  });

  it('of more, denied, records the extra as write-off', () => {
    const commit = { quantities: { input_tokens: 130, output_tokens: 20 } };
    const plan = planCommit(RESERVATION, commit, knowledge(answered(['r0+1', DENIED])));
    expect(plan).toMatchObject({ since: 7 });
    expect(partsOf(plan)).toEqual([
      { ...OWN, used: { input_tokens: 100, output_tokens: 20 } },
      { hold: null, used: {}, writeOff: { input_tokens: 30 }, atMs: NOON_MS, counts: false },
    ]);
  });

  it('takes the next extra where an id stands with other content', () => {
    const commit = { quantities: { input_tokens: 130 } };
    const known = knowledge(answered(['r0+1', { type: 'conflict' }]));
    expect(asksOf(planCommit(RESERVATION, commit, known)).map(({ id }) => id)).toEqual(['r0+2']);
  });

  it('never uses an extra for more than was asked, where the own hold came out smaller', () => {
    const own = grantOf('r0#8@5', { input_tokens: 0, output_tokens: 0 });
    const extra = grantOf('r0+1#7@5', { input_tokens: 1 });
    const known = knowledge({
      ...fenced('r0#1@5'),
      ...answered(['r0', own], ['r0+1', extra]),
    });
    const plan = planCommit(RESERVATION, { quantities: { input_tokens: 101 } }, known);
    expect(asksOf(plan).map(({ id, quantities }) => [id, quantities])).toEqual([
      ['r0+2', { input_tokens: 101 }],
    ]);
  });

  it('takes no extra that covers only some of its meters', () => {
    const extra = grantOf('r0+1#7@5', { input_tokens: 1, images: 2 });
    const known = knowledge(answered(['r0+1', extra]));
    const commit = { quantities: { input_tokens: 130, images: 2 } };
    const asks = asksOf(planCommit(RESERVATION, commit, known));
    expect(asks.map(({ id, quantities }) => [id, quantities])).toEqual([
      ['r0+2', { input_tokens: 30, images: 2 }],
    ]);
  });

  it('asks extras of other content with another hash, of the same content with the same', () => {
    const hashOf = (input: number) => {
      const commit = { quantities: { input_tokens: input } };
      return asksOf(planCommit(RESERVATION, commit, knowledge()))[0]?.hash;
    };
    expect(hashOf(130)).toBe(hashOf(130));
    expect(hashOf(130)).not.toBe(hashOf(131));
  });

  it('gives up on extras after nine, and waits', () => {
    const ids = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const conflicts = ids.map((n) => [`r0+${n}`, { type: 'conflict' }] as const);
    const known = knowledge(answered(...conflicts));
    const plan = planCommit(RESERVATION, { quantities: { images: 1 } }, known);
    expect(plan).toEqual({ type: 'later', reason: '9 extras of r0 are open' });
    const open = knowledge(answered(...conflicts.slice(0, 8)));
    const next = planCommit(RESERVATION, { quantities: { images: 1 } }, open);
    expect(asksOf(next).map(({ id }) => id)).toEqual(['r0+9']);
  });

  it('waits while the workflow can not answer', () => {
    const known = knowledge(answered(['r0+1', { type: 'later', reason: 'no epoch' }]));
    const plan = planCommit(RESERVATION, { quantities: { images: 1 } }, known);
    expect(plan).toEqual({ type: 'later', reason: 'no epoch' });
  });

  it('asks again what was gone', () => {
    const known = knowledge(answered(['r0+1', { type: 'gone' }]));
    const plan = planCommit(RESERVATION, { quantities: { images: 1 } }, known);
    expect(asksOf(plan).map(({ id }) => id)).toEqual(['r0+1']);
  });
});

describe('a cache hit', () => {
  it('counts nothing and gives all back', () => {
    const plan = planCommit(RESERVATION, { cacheHit: true }, knowledge());
    expect(plan).toEqual({
      type: 'settle',
      outcome: 'cacheHit',
      parts: [{ ...OWN, used: {}, counts: false }],
      since: 7,
    });
  });

  it('is kept even when its hold has ended', () => {
    const plan = planCommit(RESERVATION, { cacheHit: true }, knowledge(fenced('r0#1@5')));
    expect(plan).toEqual({ type: 'settle', outcome: 'cacheHit', parts: [], since: 7 });
  });
});

describe('a release', () => {
  it('gives all back, the 1 of count meters too', () => {
    const plan = planRelease(RESERVATION, knowledge());
    expect(plan).toEqual({
      type: 'settle',
      outcome: 'released',
      parts: [{ ...OWN, used: {}, counts: false }],
      since: 7,
    });
  });

  it('after the end writes nothing, so that a late commit still can', () => {
    expect(planRelease(RESERVATION, knowledge(fenced('r0#1@5')))).toEqual({ type: 'expired' });
  });
});

describe('other class', () => {
  const commit = { properties: { model: 'large', action: 'chat' } };

  it('takes a new hold for all of it, that is the 1 in count meters', () => {
    const [ask] = asksOf(planCommit(RESERVATION, commit, knowledge()));
    expect(ask).toMatchObject({
      id: 'r0+1',
      quantities: { input_tokens: 100, output_tokens: 20 },
      properties: { model: 'large' },
      forSettle: true,
      counts: true,
    });
    expect(ask?.properties).toEqual({ model: 'large' });
  });

  it('ends the old hold unused and dates the usage by the new one', () => {
    const quantities = { input_tokens: 90, output_tokens: 0 };
    const known = knowledge(answered(['r0+1', grantOf('r0+1#9@5', quantities)]));
    const plan = planCommit(RESERVATION, { ...commit, quantities: { input_tokens: 90 } }, known);
    expect(partsOf(plan)).toEqual([
      { ...OWN, used: {}, counts: false },
      { hold: 'r0+1#9@5', used: quantities, writeOff: {}, atMs: ONE_O_CLOCK_MS, counts: true },
    ]);
  });

  it('denied, is all write-off and no request', () => {
    const known = knowledge(answered(['r0+1', DENIED]));
    expect(partsOf(planCommit(RESERVATION, commit, known))).toEqual([
      { ...OWN, used: {}, counts: false },
      {
        hold: null,
        used: {},
        writeOff: { input_tokens: 100, output_tokens: 20 },
        atMs: NOON_MS,
        counts: false,
      },
    ]);
  });

  it('does not name a hold that has ended', () => {
    const known = knowledge({ ...fenced('r0#1@5'), ...answered(['r0+1', DENIED]) });
    expect(partsOf(planCommit(RESERVATION, commit, known)).map(({ hold }) => hold)).toEqual([
      null,
    ]);
  });
});
