import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { World } from './world.js';

/** Requests that come slowly, endlessly or packed can't hold the process. */

let world: World;

beforeAll(async () => {
  world = await World.start({ requestMsMax: 500 });
  await world.customer('acme');
});

afterAll(() => world.stop());

/** Sends bytes and answers what came back until the connection was closed. */
function talk(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.origin);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
    socket.setTimeout(10_000, () => socket.destroy(new Error('still open after 10 s')));
  });
}

const head = [
  'POST /v1/events HTTP/1.1',
  'Host: localhost',
  'Content-Type: application/json',
  'Content-Length: 100',
].join('\r\n');

test('a body that never comes to its end is cut off', async () => {
  const key = `Authorization: Bearer ${world.key}`;
  expect(await talk(`${head}\r\n${key}\r\n\r\n{"id":`)).toMatch(/^HTTP\/1\.1 (408|400)/);
});

test('headers that never end are cut off', async () => {
  expect(await talk(`${head}\r\nX-Slow: `)).toMatch(/^HTTP\/1\.1 408/);
  expect(await talk(`${head}\r\nX-Long: ${'x'.repeat(40_000)}`)).toMatch(/^HTTP\/1\.1 431/);
});

test('a packed body is judged by its size unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
  const headers = { 'Content-Encoding': 'gzip' };
  const answer = await world.ask('POST', '/v1/events', { raw: bomb, headers });
  expect([answer.status, answer.body['code']]).toEqual([413, 'payload_too_large']);
  const event = { id: 'packed', customer: 'acme', quantities: { images: 1 } };
  const small = gzipSync(JSON.stringify(event));
  const taken = await world.ask('POST', '/v1/events', { raw: small, headers });
  expect(taken.body).toMatchObject({ status: 'recorded' });
});

test('an encoding nobody knows is refused', async () => {
  const headers = { 'Content-Encoding': 'snappy' };
  const answer = await world.ask('POST', '/v1/events', { raw: '{}', headers });
  expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_request']);
});
