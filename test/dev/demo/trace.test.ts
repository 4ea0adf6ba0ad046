import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dealCalls, DEMO_CUSTOMERS } from '../../../dev/demo/dealing.js';
import { parseTrace } from '../../../dev/demo/trace.js';
import { ANCHOR_MS, batchesOf, monthsOf } from '../../../dev/demo/year.js';

const FILE = join(__dirname, '../../../dev/demo/data/azure-llm-trace-code-2023.csv');
const real = () => parseTrace(readFileSync(FILE, 'utf8'));
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

describe('reading a trace', () => {
  it('reads every call of the real one, to the token', () => {
    const calls = real();
    expect(calls).toHaveLength(8_819);
    expect(sum(calls.map((call) => call.inputTokens))).toBe(18_059_974);
    expect(sum(calls.map((call) => call.outputTokens))).toBe(245_896);
    const first = { line: 2, atMs: Date.UTC(2023, 10, 16, 18, 17, 3, 979) };
    expect(calls[0]).toEqual({ ...first, inputTokens: 4_808, outputTokens: 10 });
  });

  it('takes columns in any order, with any line ends', () => {
    const text = 'GeneratedTokens,TIMESTAMP,ContextTokens\n7,2024-05-10 00:00:00.5+00:00,9\n';
    const atMs = Date.UTC(2024, 4, 10, 0, 0, 0, 500);
    expect(parseTrace(text)).toEqual([{ line: 2, atMs, inputTokens: 9, outputTokens: 7 }]);
  });

  it('names every line it can not read, and every missing column', () => {
    const rows = ['2023-11-16 18:17:04,1.5,2', '2023-11-16 18:17:05,1,2', 'yesterday,1,2'];
    const text = ['TIMESTAMP,ContextTokens,GeneratedTokens', ...rows].join('\n');
    expect(() => parseTrace(text)).toThrow(/line 2: .*1\.5[^]*line 4: yesterday/);
    expect(() => parseTrace('TIMESTAMP,Tokens\n')).toThrow(/ContextTokens, GeneratedTokens/);
    expect(() => parseTrace('TIMESTAMP,ContextTokens,GeneratedTokens\n')).toThrow(/no call/);
  });

  it('refuses calls that go back in time: months are dealt in order', () => {
    const rows = ['2023-11-16 18:17:05,1,2', '2023-11-16 18:17:04,1,2'];
    const text = ['TIMESTAMP,ContextTokens,GeneratedTokens', ...rows].join('\n');
    expect(() => parseTrace(text)).toThrow(/line 3: earlier/);
  });
});

describe('dealing the calls over a year', () => {
  const dealt = dealCalls(real());
  const years = DEMO_CUSTOMERS.map(({ id }) => monthsOf(id, dealt, ''));

  it('gives every call to one customer, one user and one month', () => {
    const events = years.flat().flatMap((month) => month.events);
    expect(events).toHaveLength(8_819);
    expect(new Set(events.map(({ id }) => id)).size).toBe(8_819);
    expect(sum(events.map(({ quantities }) => quantities.input_tokens))).toBe(18_059_974);
  });

  it('gives each customer about its share, and its first user the most', () => {
    for (const { id, sharePercent, users } of DEMO_CUSTOMERS) {
      const own = dealt.filter(({ customer }) => customer === id);
      expect(Math.abs((own.length * 100) / dealt.length - sharePercent)).toBeLessThan(2);
      const counts = Array.from({ length: users }, (_, index) => {
        return own.filter(({ user }) => user === `user-${index + 1}`).length;
      });
      expect(counts[0]).toBe(Math.max(...counts));
      expect(sum(counts)).toBe(own.length);
    }
  });

  it('is the same in every run', () => {
    expect(dealCalls(real())).toEqual(dealt);
    const [, , heavy] = years;
    expect(heavy?.map(({ events }) => events.length)).toEqual([
      51, 120, 176, 206, 263, 331, 381, 431, 496, 554, 618, 680,
    ]);
  });

  it('keeps every event inside its period and behind the clock', () => {
    for (const months of years) {
      expect(months.map(({ startMs }) => startMs)[0]).toBe(ANCHOR_MS);
      for (const { startMs, endMs, afterEventsMs, events } of months) {
        const times = events.map(({ timestamp }) => Date.parse(timestamp));
        expect(Math.min(...times)).toBeGreaterThanOrEqual(startMs);
        expect(Math.max(...times)).toBeLessThan(afterEventsMs);
        expect(afterEventsMs).toBeLessThan(endMs);
      }
    }
  });

  it('refuses a trace that does not fit into a month', () => {
    const call = { line: 2, atMs: 0, inputTokens: 1, outputTokens: 1 };
    const one = { call, customer: 'demo-pro', user: 'user-1', month: 0 };
    const late = { ...one, call: { ...call, line: 3, atMs: 31 * 86_400_000 } };
    expect(() => monthsOf('demo-pro', [one, late], '')).toThrow(/too long/);
  });

  it('makes batches that hold everything, in order', () => {
    expect(batchesOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(batchesOf([], 2)).toEqual([]);
  });
});
