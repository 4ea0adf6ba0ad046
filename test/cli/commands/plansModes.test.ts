import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalogue } from '../../../billing/catalogue.js';
import { processIdentity } from '../../../cli/processIdentity.js';
import { stackFilePath, type StackFile } from '../../../cli/runningStack.js';
import { loadSecrets, saveSecrets } from '../../../dev/stack/secrets.js';
import { METERS } from '../../billing/contractCatalogue.js';
import { KEYS, startPublishingWorld, type PublishingWorld } from './publishingWorld.js';

/** Which engine, which Stripe account, which mode a push works on: never across. */

jest.setTimeout(60_000);

let world: PublishingWorld;
beforeAll(async () => {
  world = await startPublishingWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.gate.forget());

const BOTH = { STRIPE_SECRET_KEY: `${KEYS.live},${KEYS.test}` };

function catalogueOf(id: string): Catalogue {
  const plan = { name: id, interval: 'month', baseAmountMinor: 100 } as const;
  return { currency: 'usd', meters: METERS, plans: { [id]: plan } };
}

const keysUsed = () => [...new Set(world.gate.calls.map(({ key }) => key))];

describe('without any key', () => {
  const none = { STRIPE_SECRET_KEY: '' };

  it('plans that never touch Stripe are published in the mode that is named', async () => {
    const gratis = { name: 'Gratis', interval: 'month' } as const;
    const free: Catalogue = { currency: 'usd', meters: METERS, plans: { gratis } };
    expect((await world.plans(['push'], free, none)).code).toBe(2);
    const named = await world.plans(['push', '--mode', 'live'], free, none);
    expect([named.code, named.errors]).toEqual([0, '']);
    expect((await world.ledger.catalogues.newest('live'))?.newest).toEqual({ gratis: 1 });
    const priced = await world.plans(['push', '--mode', 'live'], catalogueOf('costly'), none);
    expect([priced.code, priced.errors]).toEqual([2, expect.stringContaining('no live key')]);
    expect((await world.ledger.catalogues.newest('live'))?.newest).toEqual({ gratis: 1 });
    expect(world.gate.calls).toEqual([]);
  });
});

describe('with a key of each mode', () => {
  it.each(['test', 'live'] as const)(
    'a push in %s mode makes no call with the other key, and leaves the other engine alone',
    async (mode) => {
      const other = mode === 'test' ? 'live' : 'test';
      const before = await world.ledger.catalogues.newest(other);
      const id = `only-${mode}`;
      const { code } = await world.plans(['push', '--mode', mode], catalogueOf(id), BOTH);
      expect(code).toBe(0);
      expect(keysUsed()).toEqual([KEYS[mode]]);
      expect(await world.standing(mode)).toContain(`durabill/${id}/1/base`);
      expect(await world.standing(other)).not.toContain(`durabill/${id}/1/base`);
      expect(await world.ledger.catalogues.newest(other)).toEqual(before);
      expect((await world.ledger.catalogues.newest(mode))?.newest).toHaveProperty(id, 1);
    },
  );

  it('a push must be told which; nothing is asked or written before', async () => {
    const { code, errors } = await world.plans(['push'], catalogueOf('which'), BOTH);
    expect(code).toBe(2);
    expect(errors).toContain('--mode test or --mode live');
    expect(world.gate.calls).toEqual([]);
  });

  it('a diff tells both, each under its heading and by its own key', async () => {
    const text = await world.plans(['diff'], catalogueOf('compared'), BOTH);
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/^test mode, .*[^]*\n\nlive mode, /);
    expect(keysUsed().toSorted()).toEqual([KEYS.live, KEYS.test].toSorted());
    const json = await world.plans(['diff', '--json'], catalogueOf('compared'), BOTH);
    const { changes } = JSON.parse(json.out) as { changes: { mode: string }[] };
    expect(new Set(changes.map(({ mode }) => mode))).toEqual(new Set(['test', 'live']));
  });
});

describe('with one key', () => {
  it('the mode is that of the key; the other is refused by name', async () => {
    const live = { STRIPE_SECRET_KEY: KEYS.live };
    expect((await world.plans(['push'], catalogueOf('single'), live)).code).toBe(0);
    expect(keysUsed()).toEqual([KEYS.live]);
    world.gate.forget();
    const across = await world.plans(['push', '--mode', 'test'], catalogueOf('single'), live);
    expect(across.code).toBe(2);
    expect(across.errors).toContain('no test key');
    expect(world.gate.calls).toEqual([]);
  });
});

describe('the engine', () => {
  it('is the running embedded stack, with its own sandbox and key', async () => {
    const folder = join(world.folder, 'embedded');
    await mkdir(folder);
    saveSecrets(folder, { ...loadSecrets(folder), stripeSecretKey: KEYS.test });
    const file: StackFile = {
      api: 'http://127.0.0.1:1',
      temporal: '127.0.0.1:1',
      temporalUi: null,
      mongodb: world.mongodbUri,
      stripe: world.gate.url,
      key: 'dbk_test_x',
      pids: { api: null, worker: null, temporal: null, ledger: null, stripe: null },
      supervisor: { pid: process.pid, identity: processIdentity(process.pid) },
    };
    await writeFile(stackFilePath(folder), JSON.stringify(file));
    const embedded = { MONGODB_URI: '', DURABILL_DATA: folder, STRIPE_API_BASE: '' };
    const real = { ...embedded, STRIPE_SECRET_KEY: 'sk_live_real' };
    const { code, errors } = await world.plans(['push'], catalogueOf('embedded'), real);
    expect([code, errors]).toEqual([0, expect.stringContaining('STRIPE_SECRET_KEY is not used')]);
    expect(keysUsed()).toEqual([KEYS.test]);
    expect((await world.ledger.catalogues.newest('test'))?.newest).toHaveProperty('embedded', 1);
  });

  it('that is missing, and every wrong setting at once, is exit code 2', async () => {
    const nowhere = await world.plans(['diff'], catalogueOf('x'), { MONGODB_URI: '' });
    expect([nowhere.code, nowhere.errors]).toEqual([2, expect.stringContaining('MONGODB_URI')]);
    const wrong = { MONGODB_URI: 'x', STRIPE_SECRET_KEY: 'y', STRIPE_API_BASE: 'z' };
    const { code, errors } = await world.plans(['diff'], catalogueOf('x'), wrong);
    expect(code).toBe(2);
    for (const name of Object.keys(wrong)) expect(errors).toContain(`  ${name}: `);
    const away = { STRIPE_API_BASE: 'http://127.0.0.1:1' };
    const unreachable = await world.plans(['diff'], catalogueOf('x'), away);
    expect([unreachable.code, unreachable.errors]).toEqual([
      2,
      expect.stringContaining('http://127.0.0.1:1'),
    ]);
  });
});
