import { connect } from '../../ledger/connection.js';
import { openLedger } from '../../ledger/open.js';
import type { Ledger } from '../../ledger/contract.js';
import { startServers, type TestServers } from '../stack.js';
import { event, events, keyOf } from './entries.js';

describe('opening the ledger', () => {
  let servers: TestServers;
  let ledger: Ledger;

  beforeAll(async () => {
    servers = await startServers({ temporal: false });
    ledger = await openLedger({ uri: servers.mongodbUri });
  }, 60_000);
  afterAll(async () => {
    await ledger?.close();
    await servers?.stop();
  }, 30_000);

  it('answers a ping, and can be opened again beside itself', async () => {
    await expect(ledger.ping()).resolves.toBeUndefined();
    const second = await openLedger({ uri: servers.mongodbUri });
    await second.close();
  });

  it('says unavailable within seconds when nothing answers', async () => {
    const beganMs = performance.now();
    await expect(
      openLedger({ uri: 'mongodb://127.0.0.1:9/durabill?directConnection=true' }),
    ).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    expect(performance.now() - beganMs).toBeLessThan(6_000);
  }, 10_000);

  it('lets no address weaken its writes and reads', async () => {
    const own = await connect(`${servers.mongodbUri}&w=1`);
    const { writeConcern, readConcern } = own.database.collection('log');
    await own.connection.close();
    expect(writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(readConcern).toMatchObject({ level: 'majority' });
    const weakened = openLedger({ uri: `${servers.mongodbUri}&journal=false` });
    await expect(weakened).rejects.toMatchObject({ code: 'invalid', retryable: false });
  });

  it('refuses operators where a string belongs', async () => {
    const operator = { $ne: null } as unknown as string;
    await ledger.writer.append(keyOf('acme'), [event(1)]);
    const asked: readonly (() => Promise<unknown>)[] = [
      () => ledger.customers.find('test', operator),
      () => ledger.customers.list({ mode: 'test', plan: operator, limit: 1 }),
      () => ledger.keys.verify(operator),
      () => ledger.log.entry(keyOf('acme'), operator),
      () => ledger.log.entry(keyOf(operator), 'e1'),
      () => ledger.log.events({ mode: 'test', customer: 'acme', user: operator, limit: 1 }),
      () => ledger.invoices.find('test', operator),
      () => ledger.ensures.find(operator),
      () => ledger.idempotency.begin('test', operator, 'hash', 0),
      () => ledger.writer.append(keyOf('acme'), [event(1, { id: operator })]),
      () => ledger.writer.append(keyOf(operator), [event(1)]),
    ];
    for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('writes, tells listeners in order, and adds up by the published catalogue', async () => {
    const meters = {
      tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' as const },
    };
    const plans = { free: { name: 'Free', interval: 'month' as const, unlimited: ['tokens'] } };
    const published = await ledger.catalogues.publish('test', { currency: 'usd', meters, plans });
    const own = await openLedger({ uri: servers.mongodbUri });
    const numbers: number[] = [];
    own.writer.onGroup((group) => numbers.push(group.number));
    await own.writer.append(keyOf('sums'), events(1, 3));
    await own.writer.append(keyOf('sums'), events(60, 61));
    await own.close();
    expect(numbers).toEqual([1, 2]);
    const groups = await ledger.log.groups(keyOf('sums'), 1, 10);
    expect(groups.map(({ catalogue }) => catalogue)).toEqual([
      published.revision,
      published.revision,
    ]);
    const totals = groups.map(({ sums }) => sums.map(({ quantity, count }) => [quantity, count]));
    expect(totals).toEqual([[[6, 3]], [[121, 2]]]);
  });
});
