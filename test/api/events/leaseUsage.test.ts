import { LeaseUsage } from '../../../api/events/leaseUsage.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import type { LogEntry, UsageEntry } from '../../../billing/log.js';
import type { AppendOutcome } from '../../../ledger/contract.js';
import { publishedFor, usage } from '../../billing/publishedCatalogue.js';

/** Usage that names a lease, on its way into the log. */

const KEY = { mode: 'test', customer: 'acme', life: 1 } as const;
const catalogue = publishedFor();

const granted = (images: number, serial = 1): HoldAnswer => ({
  type: 'granted',
  hold: `event/a#${serial}@1`,
  quantities: { images },
  grantedAtMs: 77,
  expiresAtMs: 99,
  since: 5,
  limits: [],
  counts: true,
});

const denied = { type: 'denied', denial: {} } as unknown as HoldAnswer;

/** A workflow and a log that answer as they are told, and what they were sent. */
class Scene {
  readonly asks: HoldAsk[] = [];
  readonly written: LogEntry[][] = [];

  constructor(
    private readonly answers: HoldAnswer[],
    private readonly outcomes: AppendOutcome['status'][],
    private readonly standing: readonly LogEntry[] = [],
  ) {}

  append(...entries: readonly UsageEntry[]) {
    const decider = {
      decide: async (_key: unknown, asks: readonly HoldAsk[]) => {
        this.asks.push(...asks);
        const answers = asks.map(() => this.answers.shift() ?? denied);
        return Promise.resolve({ answers, nowMs: 0, sentAtMs: 0 });
      },
    };
    const writer = {
      append: async (_key: unknown, written: readonly LogEntry[]) => {
        this.written.push([...written]);
        const outcomes = written.map((entry) => {
          const status = this.outcomes.shift() ?? 'recorded';
          return { status, number: 1, fence: 1, ...(status === 'duplicate' ? { entry } : {}) };
        });
        return Promise.resolve(outcomes as AppendOutcome[]);
      },
    };
    const found = this.standing.map((entry) => ({ entry, number: 1 }));
    const log = { entries: async () => Promise.resolve(found) };
    return new LeaseUsage({ decider, writer, log }).append(KEY, entries, catalogue);
  }
}

const event = usage('a', { images: 7 }, { lease: 'l_1', properties: { model: 'large', x: 1 } });

it('usage without a lease, and a cache hit with one, asks nobody', async () => {
  const scene = new Scene([], []);
  const plain = usage('b', { images: 1 });
  const hit = usage('c', { images: 1 }, { lease: 'l_1', free: true });
  await scene.append(plain, hit);
  expect(scene.asks).toEqual([]);
  expect(scene.written).toEqual([[plain, hit]]);
});

it('what the workflow grants is used and dated by its hold, the rest is written off', async () => {
  const scene = new Scene([granted(5)], []);
  const [appended] = await scene.append(event);
  const drawn = { hold: 'event/a#1@1', used: { images: 5 }, writeOff: { images: 2 } };
  const whole = { ...drawn, counts: true, since: 5 };
  expect(appended?.entry).toEqual({ ...event, atMs: 77, drawn: whole });
  expect(scene.asks).toEqual([
    {
      type: 'draw',
      id: `event/a/${event.hash.slice(0, 12)}`,
      lease: 'l_1',
      user: null,
      quantities: { images: 7 },
      properties: { model: 'large' },
      ttlMs: 60_000,
      hash: event.hash,
    },
  ]);
});

it('what is denied is written off whole, and stays at its own time', async () => {
  const [appended] = await new Scene([denied], []).append(event);
  expect(appended?.entry).toMatchObject({
    atMs: event.atMs,
    drawn: { hold: null, used: {}, writeOff: { images: 7 } },
  });
});

it('an id that stands takes nothing of a lease again', async () => {
  const scene = new Scene([], ['duplicate'], [event]);
  const [appended] = await scene.append(event);
  expect([scene.asks, appended?.outcome.status]).toEqual([[], 'duplicate']);
});

it('where a fence ended the hold before the entry stood, it is asked for anew', async () => {
  const plain = usage('b', { images: 1 });
  const scene = new Scene([granted(7), granted(7, 2)], ['fenced', 'recorded', 'recorded']);
  const appended = await scene.append(event, plain);
  expect(appended.map(({ outcome }) => outcome.status)).toEqual(['recorded', 'recorded']);
  expect(appended[0]?.entry).toMatchObject({ drawn: { hold: 'event/a#2@1' } });
  expect(scene.written.map((entries) => entries.length)).toEqual([2, 1]);
  const fenced = new Scene(Array.from({ length: 9 }, () => granted(7)), Array(9).fill('fenced'));
  await expect(fenced.append(event)).rejects.toThrow(/Fences/);
});

it('an id twice in one request takes of the lease once; the first content stands', async () => {
  const other = { ...event, quantities: { images: 1 }, hash: 'other' };
  const scene = new Scene([granted(7)], ['recorded', 'conflict']);
  const appended = await scene.append(event, other);
  expect(scene.asks).toHaveLength(1);
  expect(scene.written[0]?.[1]).toBe(other);
  expect(appended.map(({ outcome }) => outcome.status)).toEqual(['recorded', 'conflict']);
});

it('an answer that says neither yes nor no is no acknowledgement', async () => {
  await expect(new Scene([{ type: 'conflict' }], []).append(event)).rejects.toThrow(/conflict/);
});
