import type Stripe from 'stripe';
import { stripeClient } from '../../../../activities/stripe/client.js';
import { patiently } from '../../../../activities/stripe/patience.js';
import { publishAtStripe, publishPlans } from '../../../../activities/stripe/publish.js';
import type { StripeSession } from '../../../../activities/stripe/session.js';
import { startSandbox, type Sandbox } from '../../../../dev/stripe/sandbox.js';
import { publishedOf, snapshotOf } from '../catalogueMaking.js';
import { startKeyGate, type KeyGate } from '../keyGate.js';
import { EnsuresInMemory } from '../stripeModel.js';

/** Whatever goes wrong while a catalogue is published: in the end each object stands once. */

const KEY = 'sk_test_1';
const PLAN = snapshotOf('pro', {
  baseAmountMinor: 2900,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '5' } },
});
const PRICES = ['durabill/pro/1/base', 'durabill/pro/1/tokens'];
const ALL = [...PRICES, 'meter durabill_tokens', 'product pro'];

/** An account behind a gate, and what we remember of it. */
interface Account {
  readonly sandbox: Sandbox;
  readonly gate: KeyGate;
  readonly stripe: Stripe;
  readonly ensures: EnsuresInMemory;
}

/** Runs a test with an account of its own; answers what stands there afterwards. */
async function atAccount(act: (account: Account) => Promise<void>): Promise<string[]> {
  const sandbox = await startSandbox();
  const gate = await startKeyGate({ [KEY]: sandbox.url });
  const stripe = stripeClient({ secretKey: KEY, apiBase: gate.url });
  try {
    await act({ sandbox, gate, stripe, ensures: new EnsuresInMemory() });
    return await standing(stripe);
  } finally {
    await gate.stop();
    await sandbox.stop();
  }
}

async function publish({ stripe, ensures }: Account): Promise<void> {
  await publishAtStripe(stripe, ensures, publishedOf([PLAN], 'test'));
}

async function standing({ prices, products, billing }: Stripe): Promise<string[]> {
  const all = { limit: 100 };
  return [
    ...(await prices.list(all)).data.map((price) => price.lookup_key ?? price.id),
    ...(await products.list(all)).data.map(({ name }) => `product ${name}`),
    ...(await billing.meters.list(all)).data.map((meter) => `meter ${meter.event_name}`),
  ].toSorted();
}

const FAULTS = [
  { kind: 'resetBefore' },
  { kind: 'resetAfter' },
  { kind: 'errorBefore' },
  { kind: 'errorAfter', status: 503 },
  { kind: 'rateLimit' },
  { kind: 'errorBefore', times: 3 },
  { kind: 'resetAfter', times: 3 },
] as const;
const WRITES = ['billing/meters$', 'products$', 'prices$'];

/** The same for each kind of object, side by side: waits are most of it. */
const forEachWrite = (act: (path: string) => Promise<string[]>) => Promise.all(WRITES.map(act));

describe('each object stands once', () => {
  it.each(FAULTS)('after %j at its making, and after a repeat', async (fault) => {
    const stood = await forEachWrite((path) =>
      atAccount(async (account) => {
        account.sandbox.controls.fault({ method: 'POST', path, times: 1, ...fault });
        await publish(account);
        await publish(account);
      }),
    );
    expect(stood).toEqual([ALL, ALL, ALL]);
  });

  it('though reads fail as well', async () => {
    const stood = await forEachWrite((path) =>
      atAccount(async (account) => {
        const { fault } = account.sandbox.controls;
        fault({ method: 'GET', kind: 'errorBefore', times: 2 });
        fault({ method: 'POST', path, kind: 'errorAfter', times: 2 });
        fault({ method: 'GET', kind: 'resetBefore', times: 1 });
        await publish(account);
      }),
    );
    expect(stood).toEqual([ALL, ALL, ALL]);
  });

  it('after an answer came too late, the effect done', async () => {
    const stood = await forEachWrite((path) =>
      atAccount(async ({ sandbox, stripe, ensures }) => {
        const session = impatientSession(stripe, ensures);
        const late = { method: 'POST', path, kind: 'delayAfter', delayMs: 2_000 } as const;
        sandbox.controls.fault({ ...late, times: 1 });
        await patiently(session, () => publishPlans(session, 'test', [PLAN]));
        // Nobody told us: it was found under its name.
        const states = [...ensures.rows.values()].map(({ state }) => state).toSorted();
        expect(states).toEqual(['done', 'done', 'done', 'sending']);
      }),
    );
    expect(stood).toEqual([ALL, ALL, ALL]);
  });

  it.each([0, 1, 2, 3])('killed before its row says so, at write %i', async (nth) => {
    const stood = await atAccount(async (account) => {
      const { ensures } = account;
      const note = ensures.done.bind(ensures);
      let done = 0;
      ensures.done = async (name, object) => {
        ensures.failDone = done === nth;
        done += 1;
        return note(name, object);
      };
      await expect(publish(account)).rejects.toThrow('killed');
      await publish(account);
    });
    expect(stood).toEqual(ALL);
  });

  it('when three publish the same at once', async () => {
    const stood = await atAccount(async (account) => {
      await Promise.all([publish(account), publish(account), publish(account)]);
    });
    expect(stood).toEqual(ALL);
  });
});

/** Waits half a second for an answer, and not at all before it asks again. */
function impatientSession(stripe: Stripe, ensures: EnsuresInMemory): StripeSession {
  return {
    stripe,
    ensures,
    now: Date.now,
    within: (idempotencyKey) => ({
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      timeout: 500,
    }),
    pause: () => Promise.resolve(),
  };
}

it('waits as long as Retry-After asks', async () => {
  await atAccount(async (account) => {
    const limited = { method: 'POST', path: 'products$', kind: 'rateLimit', times: 1 } as const;
    account.sandbox.controls.fault({ ...limited, retryAfterSeconds: 1 });
    await publish(account);
    const { calls } = account.gate;
    const sent = calls.filter(({ method, path }) => {
      return method === 'POST' && path.endsWith('products');
    });
    expect(sent).toHaveLength(2);
    expect((sent[1]?.atMs ?? 0) - (sent[0]?.atMs ?? 0)).toBeGreaterThan(990);
  });
});
