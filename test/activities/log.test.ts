import { createLogActivities, invoiceId } from '../../activities/log.js';
import type { LogPage } from '../../activities/contract.js';
import type { CustomerKey, LogGroup, SumRow, UsageEntry } from '../../billing/log.js';
import { mergeRows } from '../../billing/mergedRows.js';
import type { Ledger } from '../../ledger/contract.js';
import { openLedger } from '../../ledger/open.js';
import { startServers, type TestServers } from '../stack.js';

let servers: TestServers;
let ledger: Ledger;
beforeAll(async () => {
  servers = await startServers({ temporal: false });
  ledger = await openLedger({ uri: servers.mongodbUri });
  await ledger.catalogues.publish('test', {
    currency: 'usd',
    meters: { tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' } },
    plans: { free: { name: 'Free', interval: 'month' } },
  });
}, 60_000);
afterAll(async () => {
  await ledger.close();
  await servers.stop();
});

const MINUTE_MS = 60_000;
const START_MS = 1_770_000_000_000 - (1_770_000_000_000 % MINUTE_MS);

let customers = 0;

function newKey(): CustomerKey {
  customers += 1;
  return { mode: 'test', customer: `log-${customers}`, life: 1 };
}

function usage(id: string, quantity: number, minute = 0, properties = {}): UsageEntry {
  const atMs = START_MS + minute * MINUTE_MS;
  const quantities = { tokens: quantity };
  return { kind: 'usage', id, quantities, atMs, properties, hash: `hash-${id}` };
}

/** Appends groups one after the other, one usage entry each. */
async function groupsOf(key: CustomerKey, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await ledger.writer.append(key, [usage(`event-${index}`, index + 1, index % 3)]);
  }
}

function acts(of: Ledger = ledger) {
  return createLogActivities({ ledger: of });
}

function readFrom(key: CustomerKey, from: number, before: number | null = null) {
  return acts().readLog({ key, from, before, catalogue: 0 });
}

function sumOf(page: LogPage): number {
  const rows = page.stretches.flatMap(({ sums }) => sums);
  return rows.reduce((sum, { quantity }) => sum + quantity, 0);
}

function spansOf(page: LogPage): (readonly [number, number, number])[] {
  return page.stretches.map(({ from, to, acts: inside }) => [from, to, inside.length]);
}

describe('reading the log', () => {
  it('usage alone becomes one stretch; what acts stays by itself, in order', async () => {
    const key = newKey();
    await groupsOf(key, 3);
    await acts().writeFence({ key, name: 'closed-0', fence: { type: 'closed', segment: 0 } });
    await ledger.writer.append(key, [usage('later', 100)]);
    const page = await readFrom(key, 1);
    expect(spansOf(page)).toEqual([
      [1, 3, 0],
      [4, 4, 1],
      [5, 5, 0],
    ]);
    expect(page).toMatchObject({ head: 5, missing: null });
    expect(sumOf(page)).toBe(1 + 2 + 3 + 100);
    expect(page.stretches[1]?.acts[0]).toMatchObject({ id: 'fence/closed-0' });
  });

  it('merges rows of one minute', async () => {
    const key = newKey();
    await groupsOf(key, 9);
    const [stretch] = (await readFrom(key, 1)).stretches;
    expect(stretch?.sums.map(({ quantity, count }) => [quantity, count])).toEqual([
      [1 + 4 + 7, 3],
      [2 + 5 + 8, 3],
      [3 + 6 + 9, 3],
    ]);
  });

  it('begins where it is told and ends before what is folded already', async () => {
    const key = newKey();
    await groupsOf(key, 6);
    expect(spansOf(await readFrom(key, 3, 6))).toEqual([[3, 5, 0]]);
    expect(await readFrom(key, 7)).toEqual({ stretches: [], head: 6, missing: null });
    // A head below the mark must show: the log lost what was folded.
    expect(await readFrom(key, 99)).toEqual({ stretches: [], head: 6, missing: null });
    expect(await readFrom(newKey(), 1)).toEqual({ stretches: [], head: 0, missing: null });
  });

  it('ends a page after half a megabyte of rows, and the next one goes on', async () => {
    const key = newKey();
    for (let group = 0; group < 12; group += 1) {
      const entries = Array.from({ length: 300 }, (_, index) => ({
        ...usage(`${group}-${index}`, 1, group * 300 + index),
        user: `user-${'x'.repeat(80)}-${index}`,
      }));
      await ledger.writer.append(key, entries);
    }
    const head = await ledger.log.head(key);
    const pages: LogPage[] = [];
    for (let from = 1; from <= head; from = (pages.at(-1)?.stretches.at(-1)?.to ?? head) + 1) {
      pages.push(await readFrom(key, from));
    }
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.every((page) => JSON.stringify(page).length < 2_000_000)).toBe(true);
    expect(pages.reduce((sum, page) => sum + sumOf(page), 0)).toBe(3_600);
  });

  it('sums made under an older catalogue are made anew from the entries', async () => {
    const key = newKey();
    const stale: SumRow[] = [];
    const group: LogGroup = {
      ...key,
      number: 1,
      group: 'g1',
      fence: 0,
      catalogue: 0,
      recordedAtMs: START_MS,
      entries: [usage('a', 7)],
      sums: stale,
    };
    const log = {
      ...ledger.log,
      head: () => Promise.resolve(1),
      groups: () => Promise.resolve([group]),
    };
    const read = (catalogue: number) =>
      acts({ ...ledger, log }).readLog({ key, from: 1, before: null, catalogue });
    expect(sumOf(await read(1))).toBe(7);
    expect(sumOf(await read(0))).toBe(0);
    await expect(read(99)).rejects.toThrow('99');
  });

  it.each([
    ['in the middle', [1, 2, 4, 5], 3],
    ['at the beginning', [2, 3], 1],
    ['at the end', [1, 2], 3],
  ])('a number missing %s stops the page there', async (_name, numbers, missing) => {
    const key = newKey();
    const groups = numbers.map((number) => ({ number, entries: [], sums: [], catalogue: 1 }));
    const log = {
      ...ledger.log,
      head: () => Promise.resolve(5),
      groups: (_key: CustomerKey, from: number, limit: number) =>
        Promise.resolve(
          groups.filter(({ number }) => number >= from).slice(0, limit) as unknown as LogGroup[],
        ),
    };
    const input = { key, from: 1, before: null, catalogue: 0 };
    const page = await acts({ ...ledger, log }).readLog(input);
    expect(page.missing).toBe(missing);
    expect(page.stretches.at(-1)?.to ?? 0).toBe(missing - 1);
  });

  it('a stretch folds to the same as its groups one by one', async () => {
    const key = newKey();
    await groupsOf(key, 8);
    const groups = await ledger.log.groups(key, 1, 8);
    const single = groups.reduce<SumRow[]>((rows, group) => mergeRows(rows, group.sums), []);
    expect((await readFrom(key, 1)).stretches[0]?.sums).toEqual(single);
  });
});

describe('writing into the log', () => {
  it('a fence stands once under its name, wherever the repeat comes from', async () => {
    const key = newKey();
    const fence = { type: 'closed', segment: 2 } as const;
    const first = await acts().writeFence({ key, name: 'closed-2', fence });
    const other = await openLedger({ uri: servers.mongodbUri });
    expect(await acts(other).writeFence({ key, name: 'closed-2', fence })).toEqual(first);
    await other.close();
    expect(await ledger.log.head(key)).toBe(1);
  });

  it('a command stands once under its id', async () => {
    const key = newKey();
    const command = { type: 'clock', toMs: START_MS, segment: null } as const;
    expect(await acts().writeCommand({ key, id: 'clock-1', command })).toEqual({ number: 1 });
    expect(await acts().writeCommand({ key, id: 'clock-1', command })).toEqual({ number: 1 });
  });

  it('another fence under the same name is refused for good', async () => {
    const key = newKey();
    const close = (segment: number) =>
      acts().writeFence({ key, name: 'closed', fence: { type: 'closed', segment } });
    await close(1);
    await expect(close(2)).rejects.toMatchObject({ type: 'conflict', nonRetryable: true });
  });

  it('a ledger that is away is told as a failure to repeat', async () => {
    const gone = await openLedger({ uri: servers.mongodbUri });
    await gone.close();
    const key = newKey();
    const command = { type: 'clock', toMs: START_MS, segment: null } as const;
    const lost = acts(gone).writeCommand({ key, id: 'clock-1', command });
    await expect(lost).rejects.toMatchObject({ type: 'ledger_unavailable', nonRetryable: false });
  });
});

describe('the id of an invoice', () => {
  it('is made from what it bills and nothing else', () => {
    const key = newKey();
    const id = invoiceId(key, 'cycle', 3);
    expect(id).toMatch(/^inv_[0-9a-f]{24}$/);
    expect(invoiceId({ ...key }, 'cycle', 3)).toBe(id);
    const others = [
      invoiceId(key, 'start', 3),
      invoiceId(key, 'cycle', 4),
      invoiceId({ ...key, life: 2 }, 'cycle', 3),
      invoiceId({ ...key, mode: 'live' }, 'cycle', 3),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });
});
