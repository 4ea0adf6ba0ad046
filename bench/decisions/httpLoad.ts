import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process that sends reservations at a fixed rate, whatever comes back (open loop): a slow
 * answer delays nobody else, and its time counts from when it was meant to be sent.
 */

/** What it is told to do. */
export interface HttpOrder {
  readonly url: string;
  readonly key: string;
  readonly customer: string;
  /** `?` sends a request through the router: it is not plain any more. */
  readonly suffix: '' | '?';
  /** Requests a second. */
  readonly perSecond: number;
  readonly durationMs: number;
  /** `pair`: every other request commits the reservation before it. */
  readonly kind: 'reserve' | 'pair';
}

/** What came of it. */
export interface HttpResult {
  readonly sent: number;
  readonly failed: number;
  /** Sorted, ms. */
  readonly latenciesMs: readonly number[];
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Longest wait for one answer. */
const ANSWER_MS_MAX = 20_000;

function post(order: HttpOrder, path: string, body: object): Promise<Record<string, unknown>> {
  const text = JSON.stringify(body);
  const headers = {
    Authorization: `Bearer ${order.key}`,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${order.url}${path}`,
      { agent, method: 'POST', headers, timeout: ANSWER_MS_MAX },
      (response) => {
        let answer = '';
        response.on('data', (chunk: Buffer) => (answer += chunk.toString()));
        response.on('end', () => {
          if ((response.statusCode ?? 500) >= 300) reject(new Error(answer));
          else resolve(JSON.parse(answer) as Record<string, unknown>);
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(text);
  });
}

async function run(order: HttpOrder): Promise<HttpResult> {
  const { customer, perSecond, durationMs, kind, suffix } = order;
  const latenciesMs: number[] = [];
  let failed = 0;
  const startMs = performance.now();
  const timed = async (meantMs: number, send: () => Promise<unknown>): Promise<void> => {
    try {
      await send();
      latenciesMs.push(performance.now() - meantMs);
    } catch {
      failed += 1;
    }
  };
  const quantities = { tokens_in: 1 };
  const one = async (meantMs: number): Promise<void> => {
    let id = '';
    await timed(meantMs, async () => {
      id = String((await post(order, `/v1/reservations${suffix}`, { customer, quantities }))['id']);
    });
    if (kind === 'reserve' || id === '') return;
    const path = `/v1/reservations/${encodeURIComponent(id)}/commit${suffix}`;
    await timed(performance.now(), () => post(order, path, { customer, quantities }));
  };
  const everyMs = (kind === 'pair' ? 2_000 : 1_000) / perSecond;
  const all: Promise<void>[] = [];
  for (let n = 0; n * everyMs < durationMs; ) {
    const dueMs = performance.now() - startMs;
    for (; n * everyMs <= dueMs && n * everyMs < durationMs; n += 1) {
      all.push(one(startMs + n * everyMs));
    }
    await sleep(1);
  }
  await Promise.all(all);
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return { sent: sorted.length + failed, failed, latenciesMs: sorted };
}

process.on('message', (order: HttpOrder) => {
  run(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
