import { cellOf, withCell } from '../../../billing/cells.js';
import type { PlanSnapshot } from '../../../billing/catalogue.js';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import { MOST_OPEN_HOLDS } from '../../../billing/holds/serving.js';
import type { Quantities } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import { METERS } from '../contractCatalogue.js';
import { customer, DAILY, decideOne, grantOne, leaseAsk, NOON_MS, planWith } from './world.js';

type DrawAsk = Extract<HoldAsk, { type: 'draw' }>;

/** What a lease covers of an ask for which nothing else is left. */

function drawAsk(id: string, quantities: Quantities, more: Partial<DrawAsk> = {}): DrawAsk {
  const common = { user: null, properties: {}, ttlMs: 60_000, hash: JSON.stringify(quantities) };
  return { type: 'draw', id, lease: 'mine', quantities, ...common, ...more };
}

/** A lease of exactly these, of a customer who is frozen now: nothing but the lease gives. */
function frozenWith(leased: Quantities, plan: PlanSnapshot = planWith([DAILY]), user?: string) {
  const ask = { holder: null, atLeast: leased, upTo: leased, user: user ?? null };
  const { state } = grantOne(customer(plan), leaseAsk('mine', 0, 0, ask));
  const frozen = { reason: 'operator', sinceMs: 0, by: 'operator' as const };
  return { ...state, controls: { ...state.controls, frozen } } as CustomerState;
}

/** What is granted of an ask, and what is settled of the lease then. */
function drawn(state: CustomerState, quantities: Quantities, more: Partial<DrawAsk> = {}) {
  const { state: after, answer } = decideOne(state, drawAsk('e1', quantities, more));
  const lease = cellOf(after.holds.open, 'mine');
  const hold = cellOf(after.holds.open, 'e1');
  const given = answer.type === 'granted' ? [answer.quantities, answer.counts] : [answer.type];
  return { given, settled: lease?.settled, kind: hold?.kind };
}

describe('a lease covers', () => {
  it('meters that it has units of, and no word of the others', () => {
    const state = frozenWith({ input_tokens: 100 });
    const { given, settled } = drawn(state, { input_tokens: 40, output_tokens: 10 });
    expect(given).toStrictEqual([{ input_tokens: 40 }, false]);
    expect(settled).toStrictEqual({ input_tokens: 40 });
  });

  it('a zero of any meter beside units that it has, the ask being whole or not', () => {
    const plan = planWith([DAILY, { ...DAILY, id: 'rate', meters: ['requests'], max: 9 }]);
    const both = { input_tokens: 40, output_tokens: 0 };
    const whole = drawn(frozenWith({ input_tokens: 100, requests: 2 }, plan), both);
    expect(whole.given).toStrictEqual([both, true]);
    expect(whole.kind).toBe('reservation');
    const partly = drawn(frozenWith({ input_tokens: 100 }, plan), both);
    expect(partly.given).toStrictEqual([both, false]);
    expect(partly.kind).toBe('extra');
  });

  it('an ask for nothing at all when it has the request, and nothing when it has not', () => {
    const plan = planWith([DAILY, { ...DAILY, id: 'rate', meters: ['requests'], max: 9 }]);
    const named = frozenWith({ input_tokens: 100, requests: 2 }, plan);
    expect(drawn(named, { input_tokens: 0 }).given).toStrictEqual([{ input_tokens: 0 }, true]);
    expect(drawn(frozenWith({ input_tokens: 100 }, plan), { input_tokens: 0 }).given).toStrictEqual(
      ['denied'],
    );
    const uncounted = planWith([DAILY], {}, { ...METERS, requests: METERS['images']! });
    const free = frozenWith({ input_tokens: 100 }, uncounted);
    expect(drawn(free, { input_tokens: 0 }).given).toStrictEqual([{ input_tokens: 0 }, true]);
    const mixed = { input_tokens: 0, images: 1 };
    expect(drawn(free, mixed).given).toStrictEqual(['denied']);
  });

  it('the 1 of every count meter, or of none', () => {
    const prompts = { ...METERS['requests']!, name: 'Prompts', of: ['input_tokens'] };
    const plan = planWith([DAILY], {}, { ...METERS, prompts });
    const one = drawn(frozenWith({ input_tokens: 100, requests: 1 }, plan), { input_tokens: 10 });
    expect(one.given).toStrictEqual([{ input_tokens: 10 }, false]);
    expect(one.settled).toStrictEqual({ input_tokens: 10 });
    const two = { input_tokens: 100, requests: 1, prompts: 1 };
    const both = drawn(frozenWith(two, plan), { input_tokens: 110 });
    expect(both.given).toStrictEqual([{ input_tokens: 100 }, true]);
    expect(both.kind).toBe('reservation');
  });

  it('its own user where a limit tells users apart, and all where the plan has no limits', () => {
    const users = planWith([DAILY, { ...DAILY, id: 'user', scope: 'user' }]);
    const quantities = { input_tokens: 40 };
    const own = frozenWith({ input_tokens: 100 }, users, 'u');
    expect(drawn(own, quantities, { user: 'u' }).given[0]).toStrictEqual(quantities);
    expect(drawn(own, quantities, { user: 'v' }).given).toStrictEqual(['denied']);
    const { limits: _, ...bare } = planWith([]).plan;
    const unlimited = { ...planWith([]), plan: { ...bare, unlimited: ['tokens', 'images'] } };
    const any = frozenWith({ input_tokens: 100 }, unlimited, 'u');
    expect(drawn(any, quantities, { user: 'v' }).given[0]).toStrictEqual(quantities);
  });

  it('nothing of a meter that the catalogue has not', () => {
    const state = frozenWith({ input_tokens: 100 });
    expect(drawn(state, { input_tokens: 1, elsewhere: 1 }).given[0]).toStrictEqual({
      input_tokens: 1,
    });
  });
});

describe('a draw', () => {
  it('is held until its time to live is over', () => {
    const { state } = grantOne(frozenWith({ input_tokens: 9 }), drawAsk('e1', { input_tokens: 9 }));
    expect(cellOf(state.holds.open, 'e1')?.expiresAtMs).toBe(NOON_MS + 60_000);
  });

  it('asked again while its fence is on its way waits, and is told of which hold', () => {
    const ask = drawAsk('e1', { input_tokens: 9 });
    const { state } = grantOne(frozenWith({ input_tokens: 9 }), ask);
    const hold = cellOf(state.holds.open, 'e1')!;
    const open = withCell(state.holds.open, 'e1', { ...hold, ending: true });
    const { answer } = decideOne({ ...state, holds: { ...state.holds, open } }, ask);
    expect(answer).toStrictEqual({ type: 'later', reason: 'e1 is about to end' });
  });

  it('waits while as many holds are open as a customer may have', () => {
    const state = frozenWith({ input_tokens: 100 });
    const full = { ...state.holds.open, size: MOST_OPEN_HOLDS };
    const ask = drawAsk('e1', { input_tokens: 9 });
    const { answer } = decideOne({ ...state, holds: { ...state.holds, open: full } }, ask);
    expect(answer).toStrictEqual({ type: 'later', reason: '10000 holds are open' });
  });
});
