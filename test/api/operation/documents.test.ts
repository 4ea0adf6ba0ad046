import { ERROR_CODES } from '../../../api/errors/codes.js';
import { World } from '../world.js';

/** The documents say what the router does. */

let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world.stop());

interface Documented {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { readonly operationId: string }>>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

test('OpenAPI 3.1 has every operation of the router, and no other', async () => {
  const { body } = await world.ask('GET', '/openapi.json', { key: null });
  const document = body as unknown as Documented;
  expect(document.openapi).toBe('3.1.0');
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const served = world.api.operations
    .filter(({ tag, name }) => tag !== 'Pages' && name !== 'getOpenApi')
    .map(({ method, path }) => `${method} ${path}`);
  expect(documented.sort()).toEqual(served.sort());
  const schemas = Object.keys(document.components.schemas);
  expect(schemas).toEqual(expect.arrayContaining(['Customer', 'UsageEvent', 'Invoice', 'Problem']));
});

test('every error code has a page with cause and fix', async () => {
  for (const code of Object.keys(ERROR_CODES)) {
    const { status, headers, body } = await world.ask('GET', `/errors/${code}`, { key: null });
    expect([code, status]).toEqual([code, 200]);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(String(body['text'])).toMatch(/Cause[\s\S]*Fix/);
  }
  expect((await world.ask('GET', '/errors/nonsense', { key: null })).status).toBe(404);
});

test('pages and docs load nothing that their own policy forbids', async () => {
  for (const path of ['/', '/errors', '/docs/']) {
    const { status, headers, body } = await world.ask('GET', path, { key: null });
    expect([path, status]).toEqual([path, 200]);
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self'(;|$)/);
    expect(String(body['text'])).not.toMatch(/<script>|onclick=|https?:\/\//);
  }
  for (const path of ['/docs/swagger-ui-bundle.js', '/docs/start.js', '/style.css']) {
    expect((await world.ask('GET', path, { key: null })).status).toBe(200);
  }
  expect((await world.ask('GET', '/docs', { key: null })).status).toBe(301);
});

test('readiness names the part that is away', async () => {
  expect((await world.ask('GET', '/readyz', { key: null })).body).toEqual({
    temporal: 'up',
    ledger: 'up',
    worker: 'up',
  });
  world.engine.away = true;
  const away = await world.ask('GET', '/readyz', { key: null });
  world.engine.away = false;
  expect([away.status, away.body['temporal'], away.body['ledger']]).toEqual([503, 'down', 'up']);
  expect((await world.ask('GET', '/healthz', { key: null })).status).toBe(200);
});

test('metrics count requests by route and events by status, and name no customer', async () => {
  await world.customer('metered');
  const body = { id: 'm', customer: 'metered', quantities: { images: 1 } };
  await world.ask('POST', '/v1/events', { body });
  const metrics = await world.ask('GET', '/metrics', { key: null });
  const text = String(metrics.body['text']);
  expect(text).toContain('durabill_events_total{status="recorded"} 1');
  expect(text).toContain('{method="PUT",route="/v1/customers/{id}",status="201"} 1');
  expect(text).not.toContain('metered');
});

test('plans are public, without costs and without the hidden ones', async () => {
  const { status, body } = await world.ask('GET', '/v1/plans', { key: null });
  expect(status).toBe(200);
  expect(body['data']).toMatchObject([
    { id: 'free', version: 1, currency: 'usd' },
    { id: 'pro', version: 1, baseAmountMinor: 2900 },
  ]);
  expect(JSON.stringify(body)).not.toContain('unitCostMinor');
});
