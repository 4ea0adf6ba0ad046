import { NO_CONTROLS } from '../../../billing/controls.js';
import { judge } from '../../../billing/limits/judge.js';
import { ask, contextFor, planOf, rowOf, used } from './limited.js';

const DAILY = planOf([
  { id: 'tokens-user', meters: ['tokens'], max: 200_000, window: 'day', scope: 'user' },
]);

describe('standing of the customer', () => {
  const broke = used(contextFor(DAILY), rowOf('input_tokens', 200_000));
  const asked = ask({ images: 1, input_tokens: 1 });
  const frozen = { reason: 'runaway', sinceMs: 5 };

  it('goes before everything else, in the contract’s order', () => {
    const controls = { ...NO_CONTROLS, frozen };
    const codes = (['canceled', 'incomplete', 'starting', 'active'] as const).map(
      (status) => judge({ ...broke, status, controls }, asked)?.code,
    );
    expect(codes).toEqual([
      'customer_canceled',
      'payment_required',
      'payment_required',
      'customer_frozen',
    ]);
    expect(judge(broke, asked)?.code).toBe('not_in_plan');
    expect(judge(broke, ask({ input_tokens: 1 }))?.code).toBe('limit_reached');
  });

  it('says in plain words what is wrong, and points to help', () => {
    const of = (status: 'canceled' | 'incomplete') => judge({ ...broke, status }, asked);
    const plain = { retryable: false, limits: [], retryAtMs: null };
    expect(of('canceled')).toEqual({
      ...plain,
      code: 'customer_canceled',
      detail: 'The customer is canceled.',
      message: 'Your subscription has ended.',
      action: 'contact',
    });
    expect(of('incomplete')).toEqual({
      ...plain,
      code: 'payment_required',
      detail: 'The customer is incomplete: its subscription has not begun.',
      message: 'Your subscription needs a payment that works before you can go on.',
      action: 'pay',
    });
  });

  it('says why and since when a customer is frozen', () => {
    const denial = judge({ ...broke, controls: { ...NO_CONTROLS, frozen } }, asked);
    expect(denial).toMatchObject({ frozen, retryable: false, action: 'contact', limits: [] });
    expect(denial?.detail).toBe('The customer is frozen: runaway.');
    expect(denial?.message).toBe('Your account is paused.');
    const bare = judge({ ...broke, status: 'frozen' }, asked);
    expect(bare).toMatchObject({ code: 'customer_frozen', detail: 'The customer is frozen.' });
    expect(bare).not.toHaveProperty('frozen');
  });

  it('lets trialing, active and pastDue run', () => {
    for (const status of ['trialing', 'active', 'pastDue'] as const) {
      expect(judge(contextFor(DAILY, { status }), ask({ input_tokens: 1 }))).toBeNull();
    }
  });

  it('asks for a payment where there is no period', () => {
    const denial = judge({ ...broke, period: null }, asked);
    expect(denial).toMatchObject({ code: 'payment_required', action: 'pay', retryAtMs: null });
  });

  it('names what a plan does not have, even none of it', () => {
    const denial = judge(broke, ask({ images: 0 }));
    expect(denial).toMatchObject({
      code: 'not_in_plan',
      detail: 'Nothing in plan plan@1 names images with these properties.',
      message: 'Your plan does not include this: Images.',
      action: 'upgrade',
    });
  });

  it('asks no plan to name the derived counts of a lease, but every reported meter', () => {
    const lease = (quantities: Record<string, number>) =>
      judge(contextFor(DAILY), ask(quantities, { kind: 'lease' }))?.code;
    expect(lease({ input_tokens: 5, requests: 1 })).toBeUndefined();
    expect(lease({ requests: 1, images: 1 })).toBe('not_in_plan');
    expect(lease({ nowhere: 1 })).toBe('not_in_plan');
  });
});
