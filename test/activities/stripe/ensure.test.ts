import fc from 'fast-check';
import { ensure, findByRef } from '../../../activities/stripe/ensure.js';
import type { StripeSession } from '../../../activities/stripe/session.js';
import { EnsuresInMemory, type Fate, StripeModel } from './stripeModel.js';

const NAME = 'item/in_1/late/tokens/3';
const HOUR_MS = 3_600_000;

function worldOf() {
  const stripe = new StripeModel();
  const ensures = new EnsuresInMemory();
  const session = { ensures, now: () => stripe.nowMs } as unknown as StripeSession;
  const keys: string[] = [];
  const attempt = () =>
    ensure(session, {
      name: NAME,
      find: () => Promise.resolve(stripe.find(NAME)),
      create: async (httpKey) => {
        keys.push(httpKey);
        return stripe.create(NAME, httpKey);
      },
    });
  return { stripe, ensures, attempt, keys };
}

/** Repeats as Temporal does, until it works. */
async function untilDone(attempt: () => Promise<string>): Promise<string> {
  for (let round = 0; round < 50; round += 1) {
    try {
      return await attempt();
    } catch {
      // Thrown to be repeated.
    }
  }
  throw new Error('never done');
}

describe('a write to Stripe that makes something', () => {
  it('is sent under its name and remembered: a repeat asks nobody', async () => {
    const { attempt, keys } = worldOf();
    const first = await attempt();
    expect(await attempt()).toBe(first);
    expect(keys).toEqual([`${NAME}~0`]);
  });

  it('without an answer goes again under the same key', async () => {
    const { stripe, attempt, keys } = worldOf();
    stripe.fates = ['lostAfter'];
    await untilDone(attempt);
    expect(keys).toEqual([`${NAME}~0`, `${NAME}~0`]);
    expect(stripe.objects).toHaveLength(1);
  });

  it('after a saved 5xx that took effect is found and not sent again', async () => {
    const { stripe, attempt, keys } = worldOf();
    stripe.fates = ['5xxAfter'];
    await untilDone(attempt);
    expect(keys).toEqual([`${NAME}~0`]);
    expect(stripe.objects).toHaveLength(1);
  });

  it('after a saved 5xx without effect goes under the next key', async () => {
    const { stripe, attempt, keys } = worldOf();
    stripe.fates = ['5xxBefore'];
    await untilDone(attempt);
    expect(keys).toEqual([`${NAME}~0`, `${NAME}~1`]);
  });

  it('is looked for before it is sent again after 20 hours', async () => {
    const { stripe, attempt, keys } = worldOf();
    stripe.fates = ['lostAfter'];
    await expect(attempt()).rejects.toThrow('no');
    stripe.nowMs += 30 * HOUR_MS;
    await attempt();
    expect(keys).toHaveLength(1);
    expect(stripe.objects).toHaveLength(1);
  });

  it('exists exactly once after any crashes, lost answers, 5xx and pauses', async () => {
    const fate = fc.constantFrom<Fate>(
      ...(['ok', 'lostBefore', 'lostAfter', '5xxBefore', '5xxAfter', '429', 'refused'] as const),
    );
    const hours = fc.constantFrom(0, 0, 1, 19, 30);
    const step = fc.record({ fate, crashed: fc.boolean(), hours });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const { stripe, ensures, attempt } = worldOf();
        for (const { fate: next, crashed, hours: passed } of steps) {
          stripe.fates = [next];
          ensures.failDone = crashed;
          await attempt().catch(() => undefined);
          stripe.nowMs += passed * HOUR_MS;
        }
        stripe.fates = [];
        ensures.failDone = false;
        const id = await untilDone(attempt);
        expect(stripe.objects).toEqual([{ id, name: NAME }]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('looking for a name at Stripe', () => {
  async function* listed(count: number) {
    for (let index = 0; index < count; index += 1) {
      yield { id: `obj_${index}`, metadata: { durabill_ref: `name-${index}` } };
    }
  }

  it('finds it behind others', async () => {
    expect(await findByRef(listed(150), 'name-149')).toBe('obj_149');
  });

  it('answers null when nothing carries it', async () => {
    expect(await findByRef(listed(150), 'name-150')).toBeNull();
  });

  it('does not call it absent when the list has no end', async () => {
    await expect(findByRef(listed(5_000), 'name-4999')).rejects.toThrow('2000');
  });
});
