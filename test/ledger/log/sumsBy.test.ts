import type { Catalogue, PublishedCatalogue } from '../../../billing/catalogue.js';
import type { SumRow } from '../../../billing/log.js';
import type { Ledger } from '../../../ledger/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';
import { event, keyOf, START_MS } from '../entries.js';

/** Sums as a later catalogue counts them. */

const tokens = { name: 'Tokens', unit: 'token', aggregation: 'sum' } as const;
const eu = { where: { region: 'eu' } };
const plans = { free: { name: 'Free', interval: 'month', unlimited: ['tokens'] } } as const;

const BEFORE: Catalogue = { currency: 'usd', meters: { tokens }, plans };
const SINCE: Catalogue = {
  currency: 'usd',
  meters: {
    tokens,
    european: { ...tokens, of: ['tokens'], ...eu },
    calls: { name: 'Calls', unit: 'call', aggregation: 'count', of: ['tokens'], ...eu },
  },
  plans: { free: { ...plans.free, unlimited: ['tokens', 'european', 'calls'] } },
};

let servers: TestServers;
let ledger: Ledger;
let published: PublishedCatalogue;

const europe = { properties: { region: 'eu' } };
const key = keyOf('acme');

beforeAll(async () => {
  servers = await startServers({ temporal: false });
  const early = await openLedger({ uri: servers.mongodbUri, now: () => START_MS });
  await early.catalogues.publish('test', BEFORE);
  await early.writer.append(key, [event(1, europe), event(2), event(130)]);
  await early.writer.append(keyOf('acme2'), [event(4, europe)]);
  await early.close();
  // Another process, as after a publication: it sums by what is published then.
  ledger = await openLedger({ uri: servers.mongodbUri, now: () => START_MS });
  published = await ledger.catalogues.publish('test', SINCE);
  await ledger.writer.append(key, [event(8, europe), event(120, europe)]);
}, 60_000);

afterAll(async () => {
  await ledger?.close();
  await servers?.stop();
}, 30_000);

async function rows(change: Partial<Parameters<Ledger['log']['sumsBy']>[1]> = {}) {
  const span = { customer: 'acme', fromMs: START_MS, toMs: START_MS + 60_000 };
  const found: SumRow[] = [];
  const sums = ledger.log.sumsBy(published, { ...span, revision: published.revision, ...change });
  for await (const part of sums) found.push(...part);
  return found.map(({ meter, quantity, properties }) => [meter, quantity, properties?.['region']]);
}

test('what was summed before the catalogue is summed anew, what came since is read', async () => {
  const found = await rows();
  expect(found).toHaveLength(5);
  expect(found).toEqual(
    expect.arrayContaining([
      ['tokens', 1, 'eu'],
      ['calls', 1, 'eu'],
      ['tokens', 2, undefined],
      ['tokens', 8, 'eu'],
      ['calls', 1, 'eu'],
    ]),
  );
});

test('where all sums are young enough none is made anew', async () => {
  const found = await rows({ revision: 1 });
  expect(found).toEqual(
    expect.arrayContaining([['tokens', 3, undefined], ['tokens', 8, 'eu'], ['calls', 1, 'eu']]),
  );
  expect(found).toHaveLength(3);
});

test('of one customer and one span alone', async () => {
  const later = { fromMs: START_MS + 60_000, toMs: START_MS + 180_000 };
  expect(await rows(later)).toEqual([
    ['tokens', 120, 'eu'],
    ['calls', 1, 'eu'],
    ['tokens', 130, undefined],
  ]);
  expect(await rows({ customer: 'acm' })).toEqual([]);
});
