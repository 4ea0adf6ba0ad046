import { keptValues } from '../../../billing/deletion/erasure.js';
import type { CustomerRow } from '../../../billing/customer/reads/row.js';
import type { Invoice } from '../../../billing/invoice.js';
import type { Ledger } from '../../../ledger/contract.js';
import { connect } from '../../../ledger/connection.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';
import { event, events, fence, keyOf, START_MS } from '../entries.js';
import { publishedFor } from '../../billing/publishedCatalogue.js';

/** What a deletion does to the real ledger. */

let servers: TestServers;
let ledger: Ledger;
let other: Ledger;

beforeAll(async () => {
  servers = await startServers({ temporal: false });
  ledger = await openLedger({ uri: servers.mongodbUri });
  other = await openLedger({ uri: servers.mongodbUri });
}, 60_000);

afterAll(async () => {
  await ledger?.close();
  await other?.close();
  await servers?.stop();
}, 30_000);

const KEPT = keptValues(publishedFor());

async function everything(): Promise<string> {
  const { connection, database } = await connect(servers.mongodbUri);
  const texts: string[] = [];
  for (const { name } of await database.listCollections().toArray()) {
    texts.push(JSON.stringify(await database.collection(name).find({}).toArray()));
  }
  await connection.close();
  return texts.join('\n');
}

function rowOf(customer: string, life: number, change: Partial<CustomerRow> = {}): CustomerRow {
  const counts = { offsetMs: 0, hasHardLimits: false, firstPeriodStartMs: START_MS, mark: 9 };
  const plan = { id: 'pro', version: 1 };
  const key = keyOf(customer, life);
  return { key, plan, status: 'canceled', stripeCustomer: null, ...counts, ...change };
}

describe('the fence of a deletion', () => {
  it('stands at the number that was judged, or not at all', async () => {
    const key = keyOf('judged');
    await ledger.writer.append(key, [event(1)]);
    await ledger.writer.append(key, [event(2)]);
    expect(await ledger.deletions.fence(key, 2)).toBe('refused');
    expect(await ledger.deletions.isFenced(key)).toBe(false);
    expect(await ledger.deletions.fence(key, 3)).toBe('stored');
    expect(await ledger.deletions.fence(key, 3)).toBe('refused');
    expect(await ledger.deletions.isFenced(key)).toBe(true);
  });

  it('is not taken for one where another fence is the head', async () => {
    const key = keyOf('fenced');
    await ledger.writer.append(key, [fence('closed-0', { type: 'closed', segment: 0 })]);
    expect(await ledger.deletions.isFenced(key)).toBe(false);
    expect(await ledger.deletions.fence(key, 2)).toBe('stored');
    expect((await ledger.log.groups(key, 2, 1))[0]?.fence).toBe(1);
  });

  it('lets nothing stand after it, by writers who knew the log and by new ones', async () => {
    const key = keyOf('ended');
    await ledger.writer.append(key, [event(1)]);
    await other.writer.append(key, [event(2)]);
    await ledger.deletions.fence(key, 3);
    const refused = { code: 'unavailable', retryable: true };
    const said = expect.stringContaining('was deleted') as string;
    for (const { writer } of [ledger, other, ledger]) {
      const late = writer.append(key, [event(4)]);
      await expect(late).rejects.toMatchObject({ ...refused, message: said });
    }
    const third = await openLedger({ uri: servers.mongodbUri });
    await expect(third.writer.append(key, [event(5)])).rejects.toMatchObject(refused);
    await third.close();
    expect(await ledger.log.head(key)).toBe(3);
    const [next] = await ledger.writer.append(keyOf('ended', 2), [event(1)]);
    expect(next).toMatchObject({ status: 'recorded', number: 1 });
  });
});

describe('the row of a deleted customer', () => {
  it('is nobody to others, whatever its workflow still saves', async () => {
    const { customers, deletions } = ledger;
    await customers.save(rowOf('row', 1, { stripeCustomer: 'cus_row' }));
    await deletions.hide(keyOf('row'));
    await customers.save(rowOf('row', 1, { stripeCustomer: 'cus_row', mark: 10_000 }));
    const hidden = { deletion: 'underWay', plan: null, stripeCustomer: null, key: { life: 1 } };
    expect(await customers.find('test', 'row')).toMatchObject(hidden);
    expect(await customers.findByStripe('test', 'cus_row')).toBeNull();
    const listed = await customers.list({ mode: 'test', limit: 100 });
    expect(listed.map(({ key }) => key.customer)).not.toContain('row');
  });

  it('says when all is done, for ever, until a new life begins', async () => {
    const { customers, deletions } = ledger;
    await deletions.finish(keyOf('twice'));
    expect(await customers.find('test', 'twice')).toBeNull();
    await deletions.hide(keyOf('twice'));
    await deletions.finish(keyOf('twice'));
    await deletions.hide(keyOf('twice'));
    expect(await customers.find('test', 'twice')).toMatchObject({ deletion: 'done' });
    await customers.save(rowOf('twice', 2));
    await deletions.hide(keyOf('twice'));
    await deletions.finish(keyOf('twice'));
    expect(await customers.find('test', 'twice')).toEqual(rowOf('twice', 2));
    const listed = await customers.list({ mode: 'test', limit: 100 });
    expect(listed.map(({ key }) => key.customer)).toContain('twice');
  });
});

describe('erasing', () => {
  const SECRET = 'ada@example.org';

  it('goes through the log in rounds and leaves what others have', async () => {
    const key = keyOf('long');
    for (let number = 1; number <= 52; number += 1) {
      await ledger.writer.append(key, [event(number, { user: SECRET })]);
    }
    await ledger.writer.append(keyOf('long', 2), [event(1, { user: 'bob@example.org' })]);
    const { deletions } = ledger;
    expect(await everything()).toContain(SECRET);
    expect(await deletions.eraseGroups(key, 1, KEPT)).toBe(51);
    expect(await everything()).toContain(SECRET);
    expect(await deletions.eraseGroups(key, 51, KEPT)).toBeNull();
    const left = await everything();
    expect(left).not.toContain(SECRET);
    expect(left).toContain('bob@example.org');
    const groups = await ledger.log.groups(key, 1, 100);
    expect(groups.flatMap(({ entries }) => entries)).toEqual(
      events(1, 52).map((entry) => ({ ...entry, hash: '' })),
    );
  });

  it('takes alerts and kept answers of the customer, whichever way they name it', async () => {
    const { alerts, deletions, idempotency } = ledger;
    const keep = async (name: string, body: object, customer?: string) => {
      await idempotency.begin('test', name, 'hash', START_MS, customer);
      await idempotency.finish('test', name, 200, JSON.stringify({ ...body, name: SECRET }));
    };
    await keep('named', {}, 'a+b');
    await keep('by token', { id: 'r1', customer: 'a+b', user: SECRET });
    await keep('of another', { id: 'r2', customer: 'aab' }, 'aab');
    await keep('of many', { percentiles: {}, data: [{ customer: 'a+b' }] });
    const facts = { mode: 'test', type: 'limit.reached', timestampMs: 1, raisedAtMs: 1 } as const;
    const about = { ...facts, details: { key: SECRET }, invoice: null, deliveries: [] };
    await alerts.raise([
      { ...about, id: 'gone', customer: 'a+b', life: 1 },
      { ...about, id: 'newer', customer: 'a+b', life: 2 },
      { ...about, id: 'others', customer: 'aab', life: 1 },
    ]);
    await deletions.eraseCopies(keyOf('a+b'));
    const left = await alerts.list({ mode: 'test', limit: 9 });
    expect(left.alerts.map(({ id }) => id).sort()).toEqual(['newer', 'others']);
    const states = ['named', 'by token', 'of another', 'of many'].map(
      async (name) => (await idempotency.begin('test', name, 'hash', START_MS)).state,
    );
    expect(await Promise.all(states)).toEqual(['claimed', 'claimed', 'done', 'done']);
  });

  it('leaves invoices as they are but for what an operator typed', async () => {
    const since = '2026-01-01T00:00:00.000Z';
    const held = { since, detail: SECRET, predictedMinor: 1, stripeMinor: 1 };
    const invoice = (id: string, reason: 'operator' | 'spike'): Invoice => ({
      ...{ id, number: null, mode: 'test', customer: 'held', currency: 'usd', reason: 'cycle' },
      ...{ plan: { id: 'pro', version: 1 }, status: 'paid', lines: [], subtotalMinor: 7 },
      ...{ period: { start: since, end: since }, adjustmentsMinor: 0, discountMinor: 0 },
      ...{ taxMinor: 0, totalMinor: 7, amountDueMinor: 7, finalizedAt: since, paidAt: since },
      ...{ hostedUrl: null, stripe: null, review: { ...held, reason } },
    });
    const typed = invoice('inv_typed', 'operator');
    const found = invoice('inv_found', 'spike');
    for (const one of [typed, found]) await ledger.invoices.save(keyOf('held'), one);
    await ledger.deletions.eraseCopies(keyOf('held'));
    const erased = { ...typed, review: { ...held, reason: 'operator', detail: '' } };
    expect(await ledger.invoices.find('test', 'inv_typed')).toEqual(erased);
    expect(await ledger.invoices.find('test', 'inv_found')).toEqual(found);
    expect(await ledger.invoices.owner('test', 'inv_typed')).toEqual(keyOf('held'));
    expect(await ledger.invoices.owner('live', 'inv_typed')).toBeNull();
  });
});
