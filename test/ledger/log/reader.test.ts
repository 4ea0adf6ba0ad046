import type { SumRow } from '../../../billing/log.js';
import type { EventFilter, Ledger } from '../../../ledger/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';
import { event, events, keyOf, settle, START_MS } from '../entries.js';

const METERS = { tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' as const } };
const PLANS = { free: { name: 'Free', interval: 'month' as const, unlimited: ['tokens'] } };

describe('reading the log', () => {
  let servers: TestServers;
  let ledger: Ledger;
  let nowMs = START_MS;

  beforeAll(async () => {
    servers = await startServers({ temporal: false });
    ledger = await openLedger({ uri: servers.mongodbUri, now: () => nowMs });
    const catalogue = { currency: 'usd', meters: METERS, plans: PLANS };
    await ledger.catalogues.publish('test', catalogue);
  }, 60_000);
  afterAll(async () => {
    await ledger?.close();
    await servers?.stop();
  }, 30_000);

  /** Every page, and all events of them. */
  async function pages(filter: Omit<EventFilter, 'mode' | 'after'>) {
    const sizes: number[] = [];
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await ledger.log.events({ ...filter, mode: 'test', after });
      sizes.push(page.events.length);
      ids.push(...page.events.map(({ entry }) => entry.id));
      after = page.nextCursor ?? undefined;
    } while (after !== undefined);
    return { sizes, ids };
  }

  it('gives groups in order, from anywhere, as they were written', async () => {
    const key = keyOf('groups');
    for (let number = 1; number <= 5; number += 1) {
      await ledger.writer.append(key, [event(number, { user: 'u1', properties: { model: 'm' } })]);
    }
    expect(await ledger.log.head(key)).toBe(5);
    expect((await ledger.log.groups(key, 2, 3)).map(({ number }) => number)).toEqual([2, 3, 4]);
    expect(await ledger.log.groups(key, 6, 3)).toEqual([]);
    const [first] = await ledger.log.groups(key, 1, 1);
    expect(Object.keys(first ?? {}).sort()).toEqual(
      ['catalogue', 'customer', 'entries', 'fence', 'group', 'life', 'mode', 'number'].concat([
        'recordedAtMs',
        'sums',
      ]),
    );
    expect(first?.entries).toEqual([event(1, { user: 'u1', properties: { model: 'm' } })]);
    const found = { entry: first?.entries[0], number: 1, recordedAtMs: START_MS };
    expect(await ledger.log.entry(key, 'e1')).toEqual(found);
    expect(await ledger.log.entry(key, 'e9')).toBeNull();
  });

  it('groups keep which holds their settles end, where there are any', async () => {
    const key = keyOf('ending');
    await ledger.writer.append(key, [settle('a', 'a#1@0', 0), event(1), settle('b', 'b#2@0', 0)]);
    await ledger.writer.append(key, [event(2)]);
    const [first, second] = await ledger.log.groups(key, 1, 2);
    expect(first?.ends).toEqual([{ hold: 'a#1@0' }, { hold: 'b#2@0' }]);
    expect(first?.sums.map(({ quantity, count }) => [quantity, count])).toEqual([[3, 3]]);
    expect(second).not.toHaveProperty('ends');
  });

  it('pages events newest first, each once, with voided ones marked', async () => {
    const key = keyOf('paged');
    for (let from = 1; from <= 70; from += 7) {
      await ledger.writer.append(key, events(from, from + 6));
    }
    const { quantities, atMs } = event(69);
    const voided = { event: 'e69', reason: 'test', quantities, atMs, hash: 'v' };
    await ledger.writer.append(key, [{ kind: 'void', id: 'void/e69', ...voided }]);
    const newestFirst = events(1, 70).map(({ id }) => id).reverse();
    expect((await pages({ customer: 'paged', limit: 100 })).ids).toEqual(newestFirst);
    const byThirty = await pages({ customer: 'paged', limit: 30 });
    expect(byThirty).toEqual({ sizes: [30, 30, 10], ids: newestFirst });
    const first = await ledger.log.events({ mode: 'test', customer: 'paged', limit: 3 });
    expect(first.events.map((one) => one.voided)).toEqual([false, true, false]);
    expect((await pages({ customer: 'nobody', limit: 5 })).ids).toEqual([]);
  });

  it('filters events by user, meter, property and time, all together', async () => {
    const key = keyOf('filtered');
    const properties = { model: 'large', retry: 2, cached: true };
    const images = { images: 1 };
    await ledger.writer.append(key, [
      event(1, { user: 'u1' }),
      event(2, { user: 'u2', properties }),
      event(3, { user: 'u1', quantities: images }),
      event(4),
    ]);
    const ids = async (filter: Partial<EventFilter>) =>
      (await pages({ customer: 'filtered', limit: 10, ...filter })).ids;
    expect(await ids({ user: 'u1' })).toEqual(['e3', 'e1']);
    expect(await ids({ meter: 'images' })).toEqual(['e3']);
    expect(await ids({ meter: 'constructor' })).toEqual([]);
    expect(await ids({ properties: { model: 'large', retry: '2', cached: 'true' } })).toEqual([
      'e2',
    ]);
    expect(await ids({ properties: { toString: 'x' } })).toEqual([]);
    expect(await ids({ fromMs: START_MS + 2_000, toMs: START_MS + 4_000 })).toEqual(['e3', 'e2']);
    expect(await ids({ user: 'u1', meter: 'images', fromMs: START_MS + 4_000 })).toEqual([]);
  });

  it('refuses cursors that no page gave', async () => {
    for (const after of ['x', '', '####', Buffer.from('1.2.3.4').toString('base64url')]) {
      await expect(
        ledger.log.events({ mode: 'test', customer: 'paged', limit: 1, after }),
      ).rejects.toMatchObject({ code: 'invalid' });
    }
  });

  it('streams the rows of a span of time, of one customer or of a whole mode', async () => {
    await ledger.writer.append(keyOf('s1'), [event(1), event(61), event(125)]);
    await ledger.writer.append(keyOf('s2'), [event(62)]);
    await ledger.writer.append({ ...keyOf('s1'), mode: 'live' }, [event(61)]);
    const rows = async (customer?: string) => {
      const found: [string, number][] = [];
      const minute = { fromMs: START_MS + 60_000, toMs: START_MS + 120_000 };
      for await (const { customer: whose, rows: some } of ledger.log.sums('test', {
        customer,
        ...minute,
      })) {
        found.push(...some.map((row: SumRow): [string, number] => [whose, row.quantity]));
      }
      const own = found.filter(([whose]) => whose.startsWith('s'));
      return own.sort(([a], [b]) => a.localeCompare(b));
    };
    expect(await rows('s1')).toEqual([['s1', 61]]);
    expect(await rows()).toEqual([['s1', 61], ['s2', 62]]);
    expect(await rows('nobody')).toEqual([]);
  });

  it('tells the heads of logs written in a span of time', async () => {
    nowMs = START_MS + 9_000_000;
    await ledger.writer.append(keyOf('late1'), [event(1)]);
    await ledger.writer.append(keyOf('late1'), [event(2)]);
    await ledger.writer.append(keyOf('late2'), [event(1)]);
    const heads = await ledger.log.recentHeads(nowMs, nowMs + 1, 10);
    const known = heads.map(({ key, head }) => `${key.customer} ${head}`);
    expect(known.sort()).toEqual(['late1 2', 'late2 1']);
    expect(await ledger.log.recentHeads(nowMs, nowMs + 1, 1)).toHaveLength(1);
    expect(await ledger.log.recentHeads(nowMs + 1, nowMs + 2, 10)).toEqual([]);
  });
});
