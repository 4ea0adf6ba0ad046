import { readLog } from '../../activities/readLog.js';
import type { PublishedCatalogue } from '../../billing/catalogue.js';
import type { HoldEnd, LogEntry, LogGroup, LogStretch } from '../../billing/log.js';
import { sumRows } from '../../billing/sums.js';
import type { Ledger } from '../../ledger/contract.js';
import { endsOf } from '../../billing/entries.js';
import { event, fence, group, keyOf, settle } from '../ledger/entries.js';

const KEY = keyOf('acme');
const METERS = { tokens: { name: 'Tokens', unit: 'token', aggregation: 'sum' as const } };

const published: PublishedCatalogue = {
  mode: 'test',
  revision: 3,
  currency: 'usd',
  meters: METERS,
  costs: [],
  snapshots: {},
  newest: {},
  namedProperties: ['model'],
};

/** A group as the writer makes it. */
function written(number: number, entries: readonly LogEntry[], catalogue = 3): LogGroup {
  const ends = endsOf(entries);
  const sums = sumRows(entries, { ...published, namedProperties: [] });
  return group(KEY, number, entries, { catalogue, sums, ...(ends.length > 0 ? { ends } : {}) });
}

async function page(groups: readonly LogGroup[], catalogue = 0, apart = false) {
  const ledger: unknown = {
    log: {
      head: () => Promise.resolve(groups.length),
      groups: (_key: unknown, from: number, limit: number) =>
        Promise.resolve(groups.slice(from - 1, from - 1 + limit)),
    },
    catalogues: { newest: () => Promise.resolve(published) },
  };
  const input = { key: KEY, from: 1, before: null, catalogue, apart };
  return (await readLog(ledger as Ledger, input)).stretches;
}

describe('where credits burn in the order of the log', () => {
  const ranges = (stretches: readonly LogStretch[]) => stretches.map(({ from, to }) => [from, to]);
  const command = (grant?: { amount: string }): LogEntry => ({
    kind: 'command',
    id: 'command/first',
    hash: '',
    command: {
      type: 'customer',
      details: {},
      atMs: 0,
      plan: {
        id: 'p',
        version: 1,
        revision: 1,
        currency: 'usd',
        meters: {},
        plan: { name: 'P', interval: 'month', ...(grant && { creditGrant: grant }) },
      },
    },
  });

  it('each group is a stretch of its own', async () => {
    const groups = [written(1, [event(1)]), written(2, [event(2)])];
    expect(ranges(await page(groups, 0, true))).toEqual([[1, 1], [2, 2]]);
    expect(ranges(await page(groups))).toEqual([[1, 2]]);
  });

  it('from the command on that brings a plan with credits', async () => {
    const groups = (grant?: { amount: string }) => [
      written(1, [event(1)]),
      written(2, [event(2)]),
      written(3, [command(grant)]),
      written(4, [event(4)]),
      written(5, [event(5)]),
    ];
    const apart = [[1, 2], [3, 3], [4, 4], [5, 5]];
    expect(ranges(await page(groups({ amount: '5' })))).toEqual(apart);
    expect(ranges(await page(groups()))).toEqual([[1, 2], [3, 3], [4, 5]]);
  });
});

describe('what settles end, as a heal reads it', () => {
  it('groups that only count become one stretch: rows added up, ends in order', async () => {
    const stretches = await page([
      written(1, [event(1), settle('a', 'a#1@1', 0)]),
      written(2, [event(2)]),
      written(3, [settle('b', 'b#2@1', 0), settle('c', 'c#3@1', 0)]),
    ]);
    expect(stretches).toHaveLength(1);
    expect(stretches[0]).toMatchObject({ from: 1, to: 3, acts: [] });
    expect(stretches[0]?.ends).toEqual([{ hold: 'a#1@1' }, { hold: 'b#2@1' }, { hold: 'c#3@1' }]);
    expect(stretches[0]?.sums.map(({ quantity }) => quantity)).toEqual([1 + 1 + 2 + 1 + 1]);
  });

  it('a group in which something acts stays by itself and keeps its ends', async () => {
    const epoch = fence('epoch-1', { type: 'epoch' });
    const stretches = await page([
      written(1, [settle('a', 'a#1@1', 0)]),
      written(2, [settle('b', 'b#1@1', 0), epoch]),
      written(3, [event(1)]),
    ]);
    expect(stretches.map(({ from, to, ends }) => [from, to, ends])).toEqual([
      [1, 1, [{ hold: 'a#1@1' }]],
      [2, 2, [{ hold: 'b#1@1' }]],
      [3, 3, undefined],
    ]);
    expect(stretches[1]?.acts).toEqual([epoch]);
    expect(Object.keys(stretches[2] ?? {})).not.toContain('ends');
  });

  it('rows of settles and voids are made anew, too, where older rules made them', async () => {
    const properties = { model: 'large' };
    const settled = { ...settle('a', 'a#1@1', 0), properties };
    const { quantities, atMs } = event(2);
    const taken = { event: 'e2', reason: 'wrong', quantities, atMs, properties, hash: 'v' };
    const groups = [
      written(1, [settled], 2),
      written(2, [{ kind: 'void', id: 'void/e2', ...taken }], 2),
      written(3, [fence('epoch-1', { type: 'epoch' })], 2),
    ];
    const anew = (await page(groups, 3)).flatMap(({ sums }) => sums);
    expect(anew.map((row) => [row.quantity, row.properties])).toEqual([
      [1, properties],
      [-2, properties],
    ]);
    const kept = (await page(groups, 2)).flatMap(({ sums }) => sums);
    expect(kept.map((row) => row.properties)).toEqual([undefined, undefined]);
  });

  it('ends count for the size of a page', async () => {
    const ends: HoldEnd[] = Array.from({ length: 900 }, (_, index) => ({
      hold: `${'x'.repeat(400)}${index}#1@1`,
    }));
    const groups = [1, 2, 3].map((number) => ({ ...written(number, [event(number)]), ends }));
    const stretches = await page(groups);
    expect(stretches.map(({ from, to }) => [from, to])).toEqual([[1, 2]]);
  });
});
