import type { CustomerKey, LogEntry } from '../../../billing/log.js';
import { LedgerError } from '../../../ledger/errors.js';
import { WRITER_LIMITS, type WriterLimits } from '../../../ledger/log/limits.js';
import type { InsertOutcome, LogPort } from '../../../ledger/log/port.js';
import { GroupCommitWriter } from '../../../ledger/log/writer.js';
import {
  entriesOf,
  fencesOf,
  headOf,
  ReplicatedLog,
} from '../../simulation/replicatedLog.js';
import { Schedule } from '../../simulation/schedule.js';
import { event, events, fence, keyOf, settle } from '../entries.js';

const KEY = keyOf('acme');

/** A database of one log whose answers a test decides; virtual time. */
class Bench {
  readonly schedule = new Schedule();
  readonly log = new ReplicatedLog();
  flights: number[] = [];
  /** What an insert comes to; absent: as the log decides. */
  fate: () => InsertOutcome | null = () => null;

  port(change: Partial<LogPort> = {}): LogPort {
    let groups = 0;
    return {
      insert: async (sent) => {
        this.flights.push(sent.length);
        await this.schedule.pause(5);
        return sent.map((group) => {
          const fate = this.fate();
          if (fate === 'unknown') return fate;
          const landed = this.log.land(group);
          this.log.replicate(group);
          return landed ? 'stored' : 'refused';
        });
      },
      head: async (_key, above) => {
        const head = this.log.groups.at(-1);
        return head && head.number > above ? headOf(head) : null;
      },
      at: async (_key, number) => {
        const group = this.log.groups[number - 1];
        return group ? headOf(group) : null;
      },
      fences: async (_key, after, upTo) => fencesOf(this.log.groups, after, upTo),
      standing: async (_key, ids) => entriesOf(this.log.groups, ids),
      summing: async () => ({ revision: 7, rows: () => [] }),
      wallMs: () => this.schedule.nowMs,
      elapsedMs: () => this.schedule.nowMs,
      random: () => 0.5,
      groupId: () => `g${(groups += 1)}`,
      pause: (ms) => this.schedule.pause(ms),
      ...change,
    };
  }

  writer(limits: Partial<WriterLimits> = {}, change: Partial<LogPort> = {}): GroupCommitWriter {
    return new GroupCommitWriter(this.port(change), { ...WRITER_LIMITS, ...limits });
  }

  /** What an append came to once all has come to rest: outcomes in short, or the error's code. */
  async result(
    writer: GroupCommitWriter,
    entries: readonly LogEntry[],
    key: CustomerKey = KEY,
  ): Promise<string> {
    const told = writer.append(key, entries).then(
      (outcomes) => outcomes.map((one) => `${one.status} ${'number' in one ? one.number : ''}`),
      (error: unknown) => (error instanceof LedgerError ? [error.code] : [String(error)]),
    );
    await this.schedule.runToRest(10_000);
    return (await told).join(', ');
  }
}

describe('the writer', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('answers a repeat inside one batch, without asking the database', async () => {
    const writer = bench.writer({}, { standing: () => Promise.reject(new Error('not asked')) });
    const other = event(1, { hash: 'other' });
    const told = await bench.result(writer, [event(1), event(1), other]);
    expect(told).toBe('recorded 1, duplicate 1, conflict 1');
    expect(await bench.result(writer, [event(1), other])).toBe('duplicate 1, conflict 1');
  });

  it('answers a repeat of what is in flight once the first is durable', async () => {
    const writer = bench.writer();
    const first = writer.append(KEY, [event(1)]);
    await new Promise(setImmediate);
    bench.schedule.after(2, () => void writer.append(KEY, [event(1)]).then(told.push.bind(told)));
    const told: unknown[] = [];
    await bench.schedule.runToRest(1_000);
    expect(await first).toEqual([{ status: 'recorded', number: 1 }]);
    expect(told).toEqual([[{ status: 'duplicate', number: 1, entry: event(1) }]]);
    expect(bench.flights).toEqual([1]);
  });

  it('collects arrivals while an insert flies: one flight for all customers', async () => {
    const keys = [KEY, keyOf('b'), keyOf('c')];
    const logs = new Map(keys.map((key) => [key.customer, new ReplicatedLog()]));
    const port = bench.port({ head: async () => null });
    const many = new GroupCommitWriter({
      ...port,
      insert: async (groups) => {
        await port.insert([]);
        const landed = groups.map((group) => logs.get(group.customer)?.land(group));
        return landed.map((one) => (one ? 'stored' : 'refused'));
      },
    });
    void many.append(KEY, [event(1)]);
    await new Promise(setImmediate);
    bench.schedule.after(2, () => {
      for (const key of keys) for (const one of events(2, 4)) void many.append(key, [one]);
    });
    await bench.schedule.runToRest(1_000);
    expect(bench.flights).toHaveLength(2);
    const last = [...logs.values()].map(({ localGroups }) => localGroups.at(-1)?.entries.length);
    expect(last).toEqual([3, 3, 3]);
  });

  it('spreads a large append over groups, and gives a fence a group of its own', async () => {
    const writer = bench.writer({ groupEntriesMax: 3 });
    const closed = fence('closed-0', { type: 'closed', segment: 0 });
    expect(await bench.result(writer, [...events(1, 4), closed, event(5)])).toBe(
      'recorded 1, recorded 1, recorded 1, recorded 2, recorded 3, recorded 4',
    );
    expect(bench.log.groups.map((group) => group.fence)).toEqual([0, 0, 0, 3]);
    expect(bench.log.groups.map(({ catalogue }) => catalogue)).toEqual([7, 7, 7, 7]);
  });

  it('refuses a settle of a hold that a fence has ended, and of an older epoch', async () => {
    const writer = bench.writer();
    const epoch = fence('epoch-1', { type: 'epoch' });
    const expired = fence('expired-1', { type: 'expired', holds: ['r1#1@1'] });
    await bench.result(writer, [epoch]);
    await bench.result(writer, [settle('r0', 'r0#1@1', 1)]);
    await bench.result(writer, [expired]);
    const fresh = bench.writer();
    const first = settle('r0', 'r0#1@1', 1);
    const told = await bench.result(fresh, [first, settle('r1', 'r1#1@1', 1)]);
    expect(told).toBe('duplicate 2, fenced ');
    await bench.result(fresh, [fence('epoch-2', { type: 'epoch' })]);
    expect(await bench.result(writer, [settle('r2', 'r2#2@1', 1)])).toBe('fenced ');
    expect(await bench.result(writer, [settle('r3', 'r3#3@4', 4)])).toBe('recorded 5');
    // Granted with that epoch folded: it was an older instance's, and late.
    expect(await bench.result(writer, [settle('r4', 'r4#4@1', 4)])).toBe('recorded 6');
  });

  it('refuses usage whose hold out of a lease a fence has ended, as it does a settle', async () => {
    const writer = bench.writer();
    await bench.result(writer, [fence('epoch-1', { type: 'epoch' })]);
    await bench.result(writer, [fence('x', { type: 'expired', holds: ['event/e1#1@1'] })]);
    const drawn = { used: {}, writeOff: {}, counts: true, since: 1 };
    const ended = event(1, { drawn: { ...drawn, hold: 'event/e1#1@1' } });
    const open = event(2, { drawn: { ...drawn, hold: 'event/e2#2@1' } });
    const none = event(3, { drawn: { ...drawn, hold: null, since: 0 } });
    const told = await bench.result(bench.writer(), [ended, open, none]);
    expect(told).toBe('fenced , recorded 3, recorded 3');
    expect(bench.log.groups.at(-1)?.ends).toEqual([{ hold: 'event/e2#2@1' }]);
  });

  it('answers a repeat though another writer takes every number', async () => {
    const other = bench.writer();
    await bench.result(other, [event(1)]);
    const port = bench.port();
    let number = 1;
    const overtake = () => {
      number += 1;
      const key = { ...KEY, group: `fast-${number}`, number };
      const rest = { fence: 0, catalogue: 7, recordedAtMs: 0, sums: [] };
      const fast = { ...key, ...rest, entries: [event(number + 100)] };
      bench.log.land(fast);
      bench.log.replicate(fast);
    };
    // Whenever the writer looks at its number, somebody has just taken it.
    const at: LogPort['at'] = (key, wanted) => {
      while (number < wanted) overtake();
      return port.at(key, wanted);
    };
    const slow = bench.writer({}, { at });
    expect(await bench.result(slow, [event(1)])).toBe('duplicate 1');
    expect(bench.flights.length).toBeLessThan(5);
  });

  it('tells callers in time of an unknown outcome, and resolves it before others', async () => {
    const writer = bench.writer();
    const groups: number[] = [];
    writer.onGroup(({ entries }) => groups.push(entries.length));
    bench.fate = () => (bench.schedule.nowMs < 40_000 ? 'unknown' : null);
    const first = bench.result(writer, [event(1)]);
    bench.schedule.after(1_000, () => void writer.append(KEY, [event(2)]).catch(() => undefined));
    bench.schedule.after(30_000, () => void writer.append(KEY, [event(3)]));
    expect(await first).toBe('unavailable');
    expect(bench.log.groups.map(({ entries }) => entries.map(({ id }) => id))).toEqual([
      ['e1'],
      ['e3'],
    ]);
    expect(groups).toEqual([1, 1]);
  });

  it('refuses more than may wait, what is too large, and all once closed', async () => {
    const writer = bench.writer({ waitingEntriesMax: 5 });
    expect(await bench.result(writer, events(1, 6))).toBe('unavailable');
    expect(await bench.result(writer, events(1, 5))).toMatch(/^(recorded 1(, )?){5}$/);
    const large = event(9, { properties: { text: 'x'.repeat(5_000_000) } });
    expect(await bench.result(writer, [large])).toBe('invalid');
    expect(await bench.result(writer, [])).toBe('');
    const closing = writer.close(100);
    await bench.schedule.runToRest(100);
    await closing;
    expect(await bench.result(writer, [event(7)])).toBe('unavailable');
  });

  it('closes in time though a group has no outcome', async () => {
    const writer = bench.writer();
    bench.fate = () => 'unknown';
    const waiting = writer.append(KEY, [event(1)]).catch((error: LedgerError) => error.code);
    let closedAtMs = 0;
    void writer.close(300).then(() => {
      closedAtMs = bench.schedule.nowMs;
    });
    await bench.schedule.runToRest(1_000);
    expect(await waiting).toBe('unavailable');
    expect(closedAtMs).toBeLessThan(400);
  });

  it('starts anew from the log after its lane broke', async () => {
    let breaks = true;
    const port = bench.port();
    const writer = bench.writer({}, {
      head: (key, above) => {
        return breaks ? Promise.reject(new TypeError('broken')) : port.head(key, above);
      },
    });
    expect(await bench.result(writer, [event(1)])).toBe('unavailable');
    breaks = false;
    expect(await bench.result(writer, [event(1)])).toBe('recorded 1');
  });
});
