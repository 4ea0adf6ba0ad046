import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DurabillApi } from '../../../dev/demo/durabillApi.js';

/** Serves on a free port for one test. */
async function withServer(
  listener: RequestListener,
  test: (url: string, server: Server) => Promise<void>,
): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const apiAt = (url: string, patienceMs = 5_000) => new DurabillApi({ url, key: 'k', patienceMs });

describe('the client of the demo', () => {
  it('sends a request again, the same, when the connection breaks or it is told to', async () => {
    const seen: string[] = [];
    const answers: RequestListener = (request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        seen.push(`${String(request.headers['idempotency-key'])} ${body}`);
        if (seen.length === 1) return void request.socket.destroy();
        response.statusCode = seen.length === 2 ? 503 : 200;
        const problem = { code: 'unavailable', retryable: true, detail: 'the ledger is away' };
        response.end(JSON.stringify(seen.length === 2 ? problem : { good: true }));
      });
    };
    await withServer(answers, async (url) => {
      const request = { method: 'POST', path: '/v1/x', body: [1], idempotencyKey: 'a' } as const;
      expect(await apiAt(url).call(request)).toEqual({ good: true });
    });
    expect(seen).toEqual(['a [1]', 'a [1]', 'a [1]']);
  });

  it('does not repeat what a repeat can not change', async () => {
    let calls = 0;
    const refuse: RequestListener = (_, response) => {
      calls += 1;
      response.statusCode = 400;
      const problem = { code: 'invalid_request', detail: 'no plan', retryable: false };
      response.end(JSON.stringify(problem));
    };
    await withServer(refuse, async (url) => {
      const call = apiAt(url).call({ method: 'GET', path: '/v1/x' });
      await expect(call).rejects.toMatchObject({ status: 400, code: 'invalid_request' });
    });
    expect(calls).toBe(1);
  });

  it('gives up when its patience ends, and says why', async () => {
    const away: RequestListener = (_, response) => {
      response.statusCode = 503;
      response.end(JSON.stringify({ code: 'unavailable', detail: 'away', retryable: true }));
    };
    await withServer(away, async (url) => {
      const call = apiAt(url, 250).call({ method: 'GET', path: '/v1/x' });
      await expect(call).rejects.toThrow('GET /v1/x answered 503 unavailable: away');
    });
  });
});
