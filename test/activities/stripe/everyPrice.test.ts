import { rateMeter } from '../../../billing/rating/rateMeter.js';
import { reportable } from '../../../billing/rating/reportable.js';
import { EVERY_PRICE, METERS, planPricing } from './catalogueMaking.js';
import { startWorld, type Subscriber, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world.stop());

/** Reports, lets the period end, finalises: the subtotal; 0 where Stripe makes no invoice. */
async function billed(who: Subscriber, meter: string, target: number): Promise<number> {
  const { key, stripe, segment } = who;
  const early = { nowMs: segment.startMs + 120_000, newestSeconds: segment.startSeconds + 60 };
  await world.acts.reportUsage({ key, stripe, segment, meter, target, ...early });
  await world.passPeriod(who);
  const party = { key, stripe, nowMs: segment.endMs };
  const { invoice } = await world.acts.holdInvoice({ ...party, segment, reason: 'cycle' });
  if (!invoice) return 0;
  const final = await world.acts.finaliseInvoice({ ...party, invoice: invoice.id });
  return final.invoice.subtotalMinor;
}

describe('a period billed through Stripe', () => {
  it.each(Object.entries(EVERY_PRICE))('at %s costs what our rules say', async (id, priced) => {
    const [meter, price] = priced;
    const definition = METERS[meter];
    if (!definition) throw new Error(meter);
    for (const quantity of [3, 1234, 12_345_678]) {
      const who = await world.subscriber(planPricing(id, meter, price));
      const ours = rateMeter(meter, definition, price, quantity, { microCredits: true });
      const expected = ours.reduce((sum, line) => sum + line.amountMinor, 0);
      const found = await billed(who, meter, reportable(meter, price, quantity));
      expect([quantity, found]).toEqual([quantity, expected]);
    }
  });
});
