import { planCommit } from '../../../billing/holds/settle.js';
import { DENIED, RESERVATION, answered, asksOf, fenced, grantOf } from './settleWorld.js';
import { knowledge, partsOf } from './settleWorld.js';
import { NOON_MS } from './world.js';

const LATE = fenced('r0#1@5');
const MORE = { quantities: { input_tokens: 107, output_tokens: 20 } };
const ONE_O_CLOCK_MS = NOON_MS + 3_600_000;

describe('begin: a writer that has read the fence of a hold', () => {
  it('does not name the hold, but asks anew under its id, by its first hash', () => {
    const asks = asksOf(planCommit(RESERVATION, {}, knowledge(LATE)));
    expect(asks).toMatchObject([
      {
        id: 'r0',
        quantities: { input_tokens: 100, output_tokens: 20 },
        properties: { model: 'small' },
        forSettle: true,
        counts: true,
        hash: 'body',
      },
    ]);
  });

  it('asks only for what was used', () => {
    const plan = planCommit(RESERVATION, { quantities: { input_tokens: 60 } }, knowledge(LATE));
    expect(asksOf(plan)[0]?.quantities).toEqual({ input_tokens: 60, output_tokens: 0 });
  });

  it('uses the new hold, dated by the new grant', () => {
    const grant = grantOf('r0#4@5', RESERVATION.quantities);
    const known = knowledge({ ...LATE, ...answered(['r0', grant]) });
    expect(partsOf(planCommit(RESERVATION, {}, known))).toEqual([
      {
        hold: 'r0#4@5',
        used: RESERVATION.quantities,
        writeOff: {},
        atMs: ONE_O_CLOCK_MS,
        counts: true,
      },
    ]);
  });

  it('denied, writes all of it off and counts no request', () => {
    const known = knowledge({ ...LATE, ...answered(['r0', DENIED]) });
    expect(partsOf(planCommit(RESERVATION, {}, known))).toEqual([
      { hold: null, used: {}, writeOff: RESERVATION.quantities, atMs: NOON_MS, counts: false },
    ]);
  });

  it('denied, writes nothing off where nothing was used', () => {
    const known = knowledge({ ...LATE, ...answered(['r0', DENIED]) });
    const [part] = partsOf(planCommit(RESERVATION, { quantities: {} }, known));
    expect(part?.writeOff).toEqual({});
  });

  it('writes own part and extra off in one, each meter added up', () => {
    const known = knowledge({ ...LATE, ...answered(['r0', DENIED], ['r0+1', DENIED]) });
    const commit = { quantities: { input_tokens: 107, images: 1 } };
    expect(partsOf(planCommit(RESERVATION, commit, known))).toEqual([
      {
        hold: null,
        used: {},
        writeOff: { input_tokens: 107, images: 1 },
        atMs: NOON_MS,
        counts: false,
      },
    ]);
  });

  it('asks the rest as an extra where the id was granted anew with less', () => {
    const small = grantOf('r0#4@5', { input_tokens: 80, output_tokens: 20 });
    const known = knowledge({ ...LATE, ...answered(['r0', small]) });
    const [extra] = asksOf(planCommit(RESERVATION, {}, known));
    expect(extra).toMatchObject({ id: 'r0+1', quantities: { input_tokens: 20 } });
  });

  it('writes off what stands under its id with other content', () => {
    const known = knowledge({ ...LATE, ...answered(['r0', { type: 'conflict' }]) });
    const [part] = partsOf(planCommit(RESERVATION, {}, known));
    expect(part).toMatchObject({ hold: null, writeOff: RESERVATION.quantities });
  });

  it('waits while the end of the old hold is still being folded', () => {
    const waiting = { type: 'later', reason: 'r0 is about to end' } as const;
    const known = knowledge({ ...LATE, ...answered(['r0', waiting]) });
    expect(planCommit(RESERVATION, {}, known)).toEqual(waiting);
  });
});

describe('role: own hold and extra both ended', () => {
  it('are asked anew under names of their own', () => {
    const asks = asksOf(planCommit(RESERVATION, MORE, knowledge(LATE)));
    expect(asks.map(({ id, quantities }) => [id, quantities])).toEqual([
      ['r0', { input_tokens: 100, output_tokens: 20 }],
      ['r0+1', { input_tokens: 7 }],
    ]);
  });

  it('never name one hold twice', () => {
    const known = knowledge({
      ...fenced('r0#1@5', 'r0+1#2@5'),
      ...answered(
        ['r0', grantOf('r0#6@5', RESERVATION.quantities)],
        ['r0+1', grantOf('r0+1#7@5', { input_tokens: 7 })],
      ),
    });
    const parts = partsOf(planCommit(RESERVATION, MORE, known));
    expect(parts.map(({ hold, used }) => [hold, used['input_tokens']])).toEqual([
      ['r0#6@5', 100],
      ['r0+1#7@5', 7],
    ]);
  });

  it('asks an extra again under its own name when a fence has ended it meanwhile', () => {
    const known = knowledge({
      ...fenced('r0+1#2@5'),
      ...answered(['r0+1', grantOf('r0+1#2@5', { input_tokens: 7 })]),
    });
    const asks = asksOf(planCommit(RESERVATION, MORE, known));
    expect(asks.map(({ id }) => id)).toEqual(['r0+1']);
  });
});

describe('clock: a settle consults none', () => {
  it('names a hold long past its time as long as no fence that was read ends it', () => {
    const old = { ...RESERVATION, grantedAtMs: 0 };
    expect(partsOf(planCommit(old, {}, knowledge()))).toMatchObject([{ hold: 'r0#1@5' }]);
  });
});

describe('name: the id granted again after its end', () => {
  it('is another hold, that the fence of the first does not end', () => {
    const regranted = answered(['r0', grantOf('r0#6@5', RESERVATION.quantities)]);
    const plan = planCommit(RESERVATION, {}, knowledge({ ...LATE, ...regranted }));
    expect(partsOf(plan)).toMatchObject([{ hold: 'r0#6@5' }]);
  });
});
