import type { PlanSnapshot } from '../../../billing/catalogue.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import { segmentStarting, type Explained } from '../../../billing/reconcile/explanation.js';
import { explainOwn } from '../../../billing/reconcile/ownLine.js';
import { commanded, LINK, PRO, subscribed } from '../customer/world.js';
import { groundOf, invoiceOf, lineOf, PERIOD } from './ground.js';

/** A period of no time, of a plan that was changed in the minute in which it had begun. */

const NEXT = { start: PERIOD.end, end: '2026-03-01T00:00:00.000Z' };
const PLUS: PlanSnapshot = {
  ...PRO,
  id: 'plus',
  plan: { ...PRO.plan, name: 'Plus', baseAmountMinor: 4900 },
};

const endMs = Date.parse(PERIOD.end);
const stripe = { ...LINK, anchorSeconds: endMs / 1000 + 40 };
const state = [
  commanded(3, { type: 'customer', plan: PLUS, details: {}, atMs: endMs }),
  commanded(4, { type: 'subscribed', request: 3, plan: PLUS, stripe }),
].reduce(foldStretch, subscribed());

function explained(ref: string, change: Partial<InvoiceLine>, of: Partial<Explained>) {
  const invoice = { ...invoiceOf(state), ...of };
  return explainOwn(groundOf(state), invoice, lineOf(ref, change));
}

const NOW = { start: PERIOD.end, end: PERIOD.end };
const PLUS_NAME = { id: 'plus', version: 1 };

test('all of its base is given back', () => {
  const of = { reason: 'final', period: NOW, plan: { id: 'pro', version: 1 } } as const;
  const line = { period: NEXT, amountMinor: -2900 };
  expect(explained('base/unused', line, of)).toMatchObject({
    recomputedMinor: -2900,
    equal: true,
    steps: [{ text: '-(2900 x 40,320 minutes left / 40,320), rounded' }, {}],
  });
});

test('the cycle before it has charged its base, the start after it that of the other plan', () => {
  const cycle = explained('base', { period: NEXT, amountMinor: 2900 }, { reason: 'cycle' });
  expect(cycle).toMatchObject({ recomputedMinor: 2900, equal: true });
  const of = { reason: 'start', period: NEXT, plan: PLUS_NAME } as const;
  expect(explained('base', { period: NEXT, amountMinor: 4900 }, of)).toMatchObject({
    recomputedMinor: 4900,
    equal: true,
  });
});

test('usage that begins there is that of the period with time', () => {
  expect(segmentStarting(groundOf(state), NEXT.start).plan).toEqual(PLUS_NAME);
});
