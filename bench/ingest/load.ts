import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the load process is asked to send. */
export interface LoadOrder {
  readonly url: string;
  readonly key: string;
  /** Bodies of POST /v1/events, in order. */
  readonly bodies: readonly string[];
  readonly connections: number;
  /** Longest time for all of it, ms. */
  readonly limitMs: number;
}

/** What came back. */
export interface LoadResult {
  readonly elapsedMs: number;
  /** From a request's first byte sent to its last byte received, sorted, ms. */
  readonly latenciesMs: readonly number[];
  readonly answers: readonly string[];
  /** Requests that had to be sent again: 503, or a broken connection. */
  readonly repeats: number;
}

const REPEATS_MAX = 1_000;
const PAUSE_MS = 20;

/**
 * Sends all bodies over a fixed number of connections, the next one on each as soon as the last
 * is answered (a closed loop).
 * @throws Error for an answer that is neither good nor worth a repeat, or when time is over.
 */
export async function sendLoad(order: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const beganMs = performance.now();
  const latenciesMs: number[] = [];
  const answers: string[] = [];
  let next = 0;
  let repeats = 0;
  const sender = async (): Promise<void> => {
    while (next < order.bodies.length) {
      const body = order.bodies[next] ?? '';
      next += 1;
      const sentMs = performance.now();
      let answer = await post(agent, order, body);
      while (answer.status === 503 || answer.status === 0) {
        repeats += 1;
        const late = performance.now() - beganMs > order.limitMs;
        if (late || repeats > REPEATS_MAX) throw new Error(`given up: ${answer.text}`);
        await sleep(PAUSE_MS);
        answer = await post(agent, order, body);
      }
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text.slice(0, 300)}`);
      latenciesMs.push(performance.now() - sentMs);
      answers.push(answer.text);
    }
  };
  try {
    await Promise.all(Array.from({ length: order.connections }, sender));
  } finally {
    agent.destroy();
  }
  const elapsedMs = performance.now() - beganMs;
  return { elapsedMs, latenciesMs: latenciesMs.sort((a, b) => a - b), answers, repeats };
}

/** Status 0: no answer. */
function post(
  agent: Agent,
  { url, key, limitMs }: LoadOrder,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: 0, text: error.message });
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const outgoing = request(
      `${url}/v1/events`,
      { method: 'POST', agent, headers, timeout: limitMs },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', failed);
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}
