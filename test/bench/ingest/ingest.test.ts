import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useDifferences } from '../../../bench/ingest/check.js';
import { percentile, workloadFigures, type RoundFigures } from '../../../bench/ingest/figures.js';
import { sendLoad } from '../../../bench/ingest/load.js';
import { eventsOf, expectedUse, WORKLOADS, type Workload } from '../../../bench/ingest/workload.js';

const SMALL: Workload = {
  name: 'small',
  events: 2_000,
  batchSize: 100,
  connections: 4,
  mixed: true,
  customers: 50,
  customerName: 'c',
  plan: 'open',
};

const START_MS = Date.UTC(2026, 0, 1);

describe('the load of the benchmark', () => {
  it('repeats 5 % of the events, each the same to the letter', () => {
    const events = eventsOf(SMALL, 'r', START_MS);
    const first = new Map<string, string>();
    let repeats = 0;
    for (const event of events) {
      const text = JSON.stringify(event);
      const known = first.get(event.id);
      if (known === undefined) first.set(event.id, text);
      else repeats += 1;
      expect(known ?? text).toBe(text);
    }
    expect(repeats).toBe(100);
    expect(expectedUse(events)).toMatchObject({ recorded: 1_900, duplicate: 100 });
  });

  it('is the same every time, and new in every round', () => {
    expect(eventsOf(SMALL, 'r', START_MS)).toEqual(eventsOf(SMALL, 'r', START_MS));
    const other = new Set(eventsOf(SMALL, 's', START_MS).map(({ id }) => id));
    expect(eventsOf(SMALL, 'r', START_MS).some(({ id }) => other.has(id))).toBe(false);
  });

  it('reaches most customers, some much more than others', () => {
    const { customers } = expectedUse(eventsOf(SMALL, 'r', START_MS));
    const counts = Object.values(customers).map(({ events }) => events);
    expect(counts.length).toBeGreaterThan(40);
    expect(Math.max(...counts)).toBeGreaterThan(10 * Math.min(...counts));
  });

  it('fills a batch with one customer where batches are not mixed', () => {
    const events = eventsOf({ ...SMALL, mixed: false }, 'r', START_MS);
    for (let at = 0; at < events.length; at += SMALL.batchSize) {
      const batch = events.slice(at, at + SMALL.batchSize).filter((_, index) => index % 20 !== 19);
      expect(new Set(batch.map(({ customer }) => customer)).size).toBe(1);
    }
  });

  it('expects each id once, whatever was sent again', () => {
    const [one, two] = eventsOf(SMALL, 'r', START_MS);
    if (!one || !two) throw new Error('no events');
    const { customers, duplicate } = expectedUse([one, two, one, one]);
    expect(duplicate).toBe(2);
    const tokens = Object.values(customers).reduce((sum, { inputTokens }) => sum + inputTokens, 0);
    expect(tokens).toBe(one.quantities.input_tokens + two.quantities.input_tokens);
  });

  it('has the workloads that are promised', () => {
    const shapes = WORKLOADS.map(({ batchSize, customers }) => `${batchSize} into ${customers}`);
    expect(shapes).toEqual(expect.arrayContaining(['100 into 1', '100 into 1000', '1 into 1']));
    expect(WORKLOADS.find(({ batchSize }) => batchSize === 1)?.connections).toBe(100);
  });
});

describe('the figures of the benchmark', () => {
  it('takes percentiles of sorted values', () => {
    const values = Array.from({ length: 200 }, (_, index) => index + 1);
    expect([50, 95, 99, 100].map((one) => percentile(values, one))).toEqual([100, 190, 198, 200]);
    expect(percentile([7], 99)).toBe(7);
  });

  it('shows the median round, the slowest and the fastest', () => {
    const round = (eventsPerSecond: number): RoundFigures => ({
      eventsPerSecond,
      p50Ms: 1,
      p95Ms: 2,
      p99Ms: 3,
      cpuMicrosPerEvent: {},
      repeats: 0,
    });
    const figures = workloadFigures(SMALL, 100, [round(5), round(1), round(3)]);
    expect(figures.median.eventsPerSecond).toBe(3);
    expect([figures.slowest, figures.fastest]).toEqual([1, 5]);
  });

  it('sees an event too few, a token too many, and a customer that nobody sent to', () => {
    const use = { events: 2, inputTokens: 10, outputTokens: 3 };
    expect(useDifferences({ a: use }, { a: use })).toEqual([]);
    expect(useDifferences({ a: use }, { a: { ...use, events: 1 } })).toHaveLength(1);
    expect(useDifferences({ a: use }, { a: { ...use, outputTokens: 4 } })).toHaveLength(1);
    expect(useDifferences({ a: use }, { a: use, b: use })).toHaveLength(1);
    expect(useDifferences({ a: use }, {})).toHaveLength(1);
  });
});

describe('sending the load', () => {
  it('sends every body once, and again only what was not answered', async () => {
    const seen: string[] = [];
    let refused = 0;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        const refuse = body === '7' && refused < 2;
        if (refuse) refused += 1;
        else seen.push(body);
        response.statusCode = refuse ? 503 : 200;
        response.end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const bodies = Array.from({ length: 50 }, (_, index) => String(index));
    const load = await sendLoad({ url, key: 'k', bodies, connections: 5, limitMs: 10_000 });
    await new Promise((resolve) => server.close(resolve));
    expect([...seen].sort()).toEqual([...bodies].sort());
    expect(load.repeats).toBe(2);
    expect(load.latenciesMs).toHaveLength(50);
  });
});
