import { initialState } from '../../../billing/customer/initial.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import type { LogEntry, SettleEntry } from '../../../billing/log.js';
import { type Contribution, contributionsOf } from '../../../billing/reconcile/contributions.js';
import type { CustomerState } from '../../../billing/state.js';
import { FREE, PREPAID, PRO } from '../contractCatalogue.js';
import { read } from './ground.js';
import { event, MemoryLog, START_MS, voided } from './memoryLog.js';

/** What single entries of the log count for, by the very rules of the fold. */

const DAY_MS = 86_400_000;
const AT_MS = START_MS + DAY_MS + 90_000;

const log = MemoryLog.of(PRO);
const state = read(log).state;

function counted(entry: LogEntry, before = state, { published, groups } = log) {
  const [group] = groups;
  if (!group) throw new Error('no group');
  return contributionsOf(before, { ...group, number: 9, entries: [entry] }, published);
}

/** Segment, meter and quantity of each. */
const told = (all: readonly Contribution[]) =>
  all.map(({ segment, meter, total }) => [segment, meter, total.quantity]);

/** A commit of a reservation whose parts were held at these times. */
function settled(...parts: readonly (readonly [atMs: number, quantity: number])[]): SettleEntry {
  return {
    kind: 'settle',
    id: 'settle/r1',
    outcome: 'committed',
    since: 1,
    hash: 'h',
    parts: parts.map(([atMs, quantity], index) => ({
      hold: `r1#${index}@1`,
      used: { input_tokens: quantity },
      writeOff: {},
      atMs,
      counts: index === 0,
    })),
  };
}

test('an event counts in the priced meters that it reaches, at the start of its minute', () => {
  expect(counted(event('a', AT_MS, { input_tokens: 5, images: 2 }))).toEqual([
    {
      segment: 0,
      meter: 'tokens',
      late: false,
      id: 'a',
      kind: 'usage',
      number: 9,
      atMs: START_MS + DAY_MS + 60_000,
      total: { quantity: 5, count: 1, max: 5, last: { atMs: AT_MS, id: 'a', quantity: 5 } },
    },
    expect.objectContaining({ meter: 'images', total: expect.objectContaining({ quantity: 2 }) }),
  ]);
  const both = counted(event('b', AT_MS, { input_tokens: 5, output_tokens: 7 }));
  expect(told(both)).toEqual([[0, 'tokens', 12]]);
});

test('credits count by the posted rates, in whole micro-credits', () => {
  const prepaid = MemoryLog.of(PREPAID);
  const entry = event('a', AT_MS, { input_tokens: 5 });
  expect(told(counted(entry, read(prepaid).state, prepaid))).toEqual([[0, 'credits', 5000]]);
});

test('under a plan without prices nothing is billed, so nothing is counted', () => {
  const free = MemoryLog.of(FREE);
  expect(counted(event('a', AT_MS, { input_tokens: 5 }), read(free).state, free)).toEqual([]);
});

test('a void takes the same back, under its own id', () => {
  const taken = counted(voided(event('a', AT_MS, { input_tokens: 5 })));
  expect(told(taken)).toEqual([[0, 'tokens', -5]]);
  expect(taken).toMatchObject([{ id: 'void/a', kind: 'void', total: { count: -1, last: null } }]);
});

test('parts of a commit are added up by period, each period by itself', () => {
  const later = AT_MS + 40 * DAY_MS;
  const parts = counted(settled([AT_MS, 5], [AT_MS + 60_000, 7], [later, 11]));
  expect(told(parts)).toEqual([[0, 'tokens', 12], [1, 'tokens', 11]]);
  expect(parts.map(({ kind }) => kind)).toEqual(['settle', 'settle']);
});

test('after the fence of its period usage is late, in the next one it is not', () => {
  const frozen = changeSegment(state, 0, { frozen: true });
  const lates = (atMs: number) =>
    counted(event('a', atMs, { input_tokens: 5 }), frozen).map(({ late }) => late);
  expect([lates(AT_MS), lates(AT_MS + 40 * DAY_MS)]).toEqual([[true], [false]]);
});

test('before the first period every meter counts, in no period yet', () => {
  const early = initialState(log.key);
  const all = counted(event('a', AT_MS, { input_tokens: 5 }), early);
  expect(all.map(({ segment, late }) => [segment, late])).toEqual(all.map(() => [null, false]));
  expect(all.map(({ meter }) => meter)).toEqual(
    expect.arrayContaining(['input_tokens', 'tokens', 'credits', 'requests']),
  );
});

test('what an incomplete customer uses is written off', () => {
  const incomplete: CustomerState = { ...state, status: 'incomplete' };
  expect(counted(event('a', AT_MS, { input_tokens: 5 }), incomplete)).toEqual([]);
});

test('commands and fences count nothing', () => {
  const entries = log.groups.flatMap((group) => group.entries);
  expect(entries.map(({ kind }) => kind)).toEqual(['command', 'command']);
  const fence = { type: 'closed', segment: 0 } as const;
  const all = [...entries, { kind: 'fence', id: 'fence/x', fence, hash: 'h' } as const];
  expect(all.flatMap((entry) => counted(entry))).toEqual([]);
});
