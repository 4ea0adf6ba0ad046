import { foldStretch } from '../../../../billing/customer/fold.js';
import { checkoutEndMs, checkoutSeen } from '../../../../billing/customer/subscription/paging.js';
import { customerRow, isSettled, rowFingerprint } from '../../../../billing/customer/reads/row.js';
import { nextStep } from '../../../../billing/customer/close/steps.js';
import type { PageAsk } from '../../../../billing/arrangement.js';
import type { Command } from '../../../../billing/command.js';
import type { CustomerState } from '../../../../billing/state.js';
import { commanded, free, PRO, START_MS } from '../world.js';

/** Pages at Stripe: wanted, opened, and a checkout followed until it is paid or over. */

const HOUR_MS = 3_600_000;
const CHECKOUT: PageAsk = { kind: 'checkout', plan: PRO, successUrl: 's', cancelUrl: 'c' };
const OPENED = {
  type: 'pageOpened',
  request: 2,
  stripeCustomer: 'cus_1',
  url: 'https://pay',
  expiresAtMs: START_MS + HOUR_MS,
  checkout: { session: 'cs_1', plan: PRO },
} as const;

const tell = (state: CustomerState, command: Command) =>
  foldStretch(state, commanded(state.mark + 1, command));
const asked = () => tell(free(), { type: 'page', ask: CHECKOUT, atMs: START_MS });
const opened = () => tell(asked(), OPENED);
const saved = (state: CustomerState) => ({ ...state, savedRow: rowFingerprint(state) });
const stepAt = (state: CustomerState, nowMs: number) => nextStep(saved(state), nowMs).step?.kind;

it('a page that is wanted is opened next, and the request waits for it', () => {
  const state = asked();
  expect(state.wantedPage).toStrictEqual({ request: 2, ask: CHECKOUT, atMs: START_MS });
  expect([stepAt(state, START_MS), isSettled(saved(state), 2)]).toStrictEqual(['openPage', false]);
  expect([stepAt(opened(), START_MS), isSettled(saved(opened()), 3)]).toStrictEqual([
    undefined,
    true,
  ]);
});

it('an answer to an older wish leaves the newer one', () => {
  const newer = tell(asked(), { type: 'page', ask: CHECKOUT, atMs: START_MS });
  expect(tell(newer, OPENED).wantedPage?.request).toBe(3);
  expect(opened().wantedPage).toBeNull();
});

it('an answer that nothing waits for is noted all the same', () => {
  const again = tell(opened(), { ...OPENED, url: 'https://pay/again' });
  expect([again.wantedPage, again.openPage?.url]).toStrictEqual([null, 'https://pay/again']);
});

it('an open page makes the customer known by its id at Stripe', () => {
  const { type: _type, ...page } = OPENED;
  expect(opened().openPage).toStrictEqual(page);
  expect(customerRow(opened()).stripeCustomer).toBe('cus_1');
  expect(customerRow(asked()).stripeCustomer).toBeNull();
});

it('a checkout is looked at when Stripe says something, and at its end', () => {
  expect(checkoutEndMs(opened())).toBe(START_MS + HOUR_MS);
  expect(stepAt(opened(), START_MS + HOUR_MS - 1)).toBeUndefined();
  expect(nextStep(saved(opened()), START_MS).waitUntilMs).toBe(START_MS + HOUR_MS);
  expect(stepAt(opened(), START_MS + HOUR_MS)).toBe('lookAtCheckout');
  expect(stepAt({ ...opened(), lookAtStripe: true }, START_MS)).toBe('lookAtCheckout');
});

it('a checkout ends by real time, wherever a test clock stands', () => {
  const opens = opened();
  const ahead = { ...opens, clock: { ...opens.clock, offsetMs: 7 * HOUR_MS } };
  const endMs = START_MS + HOUR_MS + ahead.clock.offsetMs;
  expect(nextStep(saved(ahead), endMs - 1)).toStrictEqual({ step: null, waitUntilMs: endMs });
  expect(stepAt(ahead, endMs)).toBe('lookAtCheckout');
});

it('one that is still open is looked at again later, one that is over no more', () => {
  const looking = { ...opened(), lookAtStripe: true } as const;
  const open = checkoutSeen(looking, { isOpen: true, stripe: null });
  expect(open.lookAtStripe).toBeUndefined();
  expect(checkoutEndMs(open)).toBe(START_MS + HOUR_MS + 600_000);
  const over = checkoutSeen(looking, { isOpen: false, stripe: null });
  expect([over.openPage?.url, checkoutEndMs(over)]).toStrictEqual(['https://pay', null]);
  const endless = tell(asked(), { ...OPENED, expiresAtMs: null });
  expect(checkoutEndMs(checkoutSeen(endless, { isOpen: true, stripe: null }))).toBeNull();
  const none = checkoutSeen({ ...free(), lookAtStripe: true }, { isOpen: false, stripe: null });
  expect(none).toStrictEqual(free());
});

it('a portal is followed by nothing', () => {
  const portal = tell(asked(), { ...OPENED, expiresAtMs: null, checkout: null });
  expect([checkoutEndMs(portal), stepAt(portal, START_MS)]).toStrictEqual([null, undefined]);
});
