import { erasedGroup, erasedReview, keptValues } from '../../../billing/deletion/erasure.js';
import { meets } from '../../../billing/branches.js';
import type { Command } from '../../../billing/command.js';
import type { LogEntry, LogGroup } from '../../../billing/log.js';
import { sumRows } from '../../../billing/sums.js';
import { CATALOGUE, firstPublication } from '../contractCatalogue.js';
import { part, settle, voiding } from '../countedEntries.js';
import { NOVEMBER_MS, usage } from '../publishedCatalogue.js';

const PUBLISHED = firstPublication();
const KEPT = keptValues(PUBLISHED);

/** Texts of a person, one for each place that can hold one. */
const SECRETS = ['Ada', 'ada@x.io', 'u-17', 'blue team', 'typed by hand', 'https://ada.io', 'tag'];

const personal = {
  user: 'u-17',
  properties: { model: 'large', team: 'blue team', tag: 'tag', note: 'ada@x.io' },
};

function groupOf(entries: readonly LogEntry[]): LogGroup {
  const key = { mode: 'test', customer: 'acme', life: 1 } as const;
  const place = { number: 3, group: 'g', fence: 0, catalogue: 1, recordedAtMs: NOVEMBER_MS };
  return { ...key, ...place, entries, sums: sumRows(entries, PUBLISHED) };
}

const commandOf = (command: Command): LogEntry => {
  return { kind: 'command', id: 'command/1', command, hash: 'ada' };
};

const given = { ...personal, timestamp: '2026-11-01T00:00:00Z' };
const event = usage('e1', { output_tokens: 40 }, given);
const reserved = { quantities: { images: 3 }, expiresAtMs: NOVEMBER_MS, hash: 'h' };
const USAGE: readonly LogEntry[] = [
  event,
  usage('e2', { input_tokens: 7, images: 2 }, { user: 'u-17', properties: { model: 'Ada' } }),
  settle('r1', [part({ images: 3 })], { ...personal, reserved }),
  { ...voiding(event), reason: 'typed by hand' },
];

const ATMS = { atMs: NOVEMBER_MS };
const COMMANDS: readonly Command[] = [
  {
    type: 'customer',
    details: { name: 'Ada', email: 'ada@x.io', metadata: { tag: 'tag' }, timezone: 'Europe/Rome' },
    ...ATMS,
  },
  { type: 'controls', change: { frozen: true, reason: 'typed by hand' }, ...ATMS },
  { type: 'ceiling', limit: 'large-team', key: 'blue team', max: 5 },
  { type: 'invoice', action: 'hold', segment: 2, reason: 'typed by hand', ...ATMS },
  { type: 'creditNote', stripeInvoice: 'in_1', amountMinor: 5, reason: 'typed by hand', ...ATMS },
  { type: 'freeze', reason: 'typed by hand', ...ATMS },
  { type: 'page', ask: { kind: 'portal', returnUrl: 'https://ada.io' }, ...ATMS },
  {
    type: 'pageOpened',
    request: 1,
    stripeCustomer: 'cus_1',
    url: 'https://ada.io',
    expiresAtMs: null,
    checkout: null,
  },
  { type: 'pageFailed', request: 1, detail: 'Ada' },
  { type: 'subscribeFailed', request: 1, code: 'conflict', detail: 'Ada' },
];

const found = (group: LogGroup) =>
  SECRETS.filter((secret) => JSON.stringify(group).includes(secret));

it('leaves no name, address, user, free text or other property in a log', () => {
  const group = groupOf([...USAGE, ...COMMANDS.map(commandOf)]);
  expect(found(group)).toEqual(SECRETS);
  expect(found(erasedGroup(group, KEPT))).toEqual([]);
});

it('leaves no hash by which a guess could be tried', () => {
  const { entries } = erasedGroup(groupOf([...USAGE, ...COMMANDS.map(commandOf)]), KEPT);
  expect(new Set(entries.map(({ hash }) => hash))).toEqual(new Set(['']));
  expect(entries[2]).toMatchObject({ reserved: { ...reserved, hash: '' } });
});

it('keeps quantities, times, ids, plans and amounts', () => {
  const { entries, sums, ...rest } = groupOf([...USAGE, ...COMMANDS.map(commandOf)]);
  const erased = erasedGroup({ ...rest, entries, sums }, KEPT);
  expect(erased).toMatchObject(rest);
  expect(erased.entries.map(({ id, kind }) => [id, kind])).toEqual(
    entries.map(({ id, kind }) => [id, kind]),
  );
  const { user: _user, properties: _properties, hash: _hash, ...counted } = event;
  expect(erased.entries[0]).toEqual({ ...counted, properties: { model: 'large' }, hash: '' });
  expect(erased.entries[4]).toMatchObject({ command: { details: { timezone: 'Europe/Rome' } } });
  expect(erased.entries[8]).toMatchObject({ command: { stripeInvoice: 'in_1', amountMinor: 5 } });
});

it('keeps of a property what some where names, of any plan ever published', () => {
  expect([...KEPT].map(([name, values]) => [name, [...values]])).toEqual([
    ['model', ['large', 'huge']],
  ]);
  const other = { ...CATALOGUE.meters, vip: { ...VIP, where: { tier: [1, true] } } };
  const snapshots = Object.entries(PUBLISHED.snapshots);
  const older = snapshots.map(([name, snapshot]) => [name, { ...snapshot, meters: other }]);
  const kept = keptValues({ ...PUBLISHED, snapshots: Object.fromEntries(older) });
  expect([...(kept.get('tier') ?? [])]).toEqual(['1', 'true']);
});

const VIP = { name: 'Vip', unit: 'token', aggregation: 'sum', of: ['tokens'] } as const;

it('gives every meter the sums it had, stored or made anew', () => {
  const group = groupOf(USAGE);
  const erased = erasedGroup(group, KEPT);
  const ways = [[], [{ name: 'model', values: ['large'] }], [{ name: 'model', values: ['huge'] }]];
  const sumsBy = (rows: LogGroup['sums']) =>
    [...new Set(rows.map(({ meter }) => meter))].map((meter) =>
      ways.map((way) => {
        const own = rows.filter((row) => row.meter === meter && meets(row.properties, way));
        const sum = (of: 'quantity' | 'count') => own.reduce((all, row) => all + row[of], 0);
        return [meter, sum('quantity'), sum('count'), Math.max(...own.map(({ max }) => max))];
      }),
    );
  expect(sumsBy(erased.sums)).toEqual(sumsBy(group.sums));
  expect(sumsBy(sumRows(erased.entries, PUBLISHED))).toEqual(sumsBy(group.sums));
});

it('leaves no empty properties, and a fence as it is', () => {
  const fence = { kind: 'fence', id: 'fence/e', fence: { type: 'epoch' }, hash: 'h' } as const;
  const bare = usage('e3', { images: 2 }, {});
  const { user: _user, properties: _properties, ...counted } = bare;
  const { entries } = erasedGroup(groupOf([bare, fence]), KEPT);
  expect(entries).toStrictEqual([{ ...counted, hash: '' }, fence]);
  expect(erasedGroup(groupOf([voiding(event)]), KEPT).entries[0]).toMatchObject({ reason: '' });
});

it('keeps what rates and costs compare', () => {
  const rated = { meter: 'tokens', where: { tier: 'gold' }, creditsPerUnit: '1' } as const;
  const credits = { name: 'C', unit: 'credit', aggregation: 'sum', rates: [rated] } as const;
  const cost = { meter: 'tokens', where: { region: 'eu' }, unitCostMinor: '1' } as const;
  const costs = [cost] as never;
  const meters = { ...PUBLISHED.meters, credits } as never;
  const kept = keptValues({ ...PUBLISHED, meters, costs });
  expect([...(kept.get('tier') ?? [])]).toEqual(['gold']);
  expect([...(kept.get('region') ?? [])]).toEqual(['eu']);
});

it('erases the same again to the same', () => {
  const once = erasedGroup(groupOf([...USAGE, ...COMMANDS.map(commandOf)]), KEPT);
  expect(erasedGroup(once, KEPT)).toEqual(once);
});

it('takes from a review what an operator typed, and nothing else', () => {
  const figures = { predictedMinor: 1, stripeMinor: 2 };
  const review = { since: '2026-11-01', detail: 'typed by hand', ...figures };
  const held = { ...review, reason: 'operator' } as const;
  expect(erasedReview(held)).toEqual({ ...held, detail: '' });
  const spike = { ...review, reason: 'spike' } as const;
  expect(erasedReview(spike)).toBe(spike);
  expect(erasedReview(null)).toBeNull();
});
