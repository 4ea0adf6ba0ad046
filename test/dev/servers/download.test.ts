import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from '../../../dev/servers/download.js';
import { probeHost } from '../../../dev/servers/probe.js';
import { quietWork } from './fakeMachine.js';

describe('a download', () => {
  const content = 'a server program';
  const sha256 = createHash('sha256').update(content).digest('hex');
  let host: Server;
  let folder: string;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-download-'));
    host = createServer((request, answer) => {
      answer.statusCode = request.url === '/program' ? 200 : 404;
      answer.end(content);
    });
    await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    host.closeAllConnections();
    await new Promise((done) => host.close(done));
    await rm(folder, { recursive: true, force: true });
  });

  it('is taken only with the SHA-256 that the source names', async () => {
    const file = join(folder, 'program');
    await download(`${url}/program`, file, sha256, quietWork);
    expect(await readFile(file, 'utf8')).toBe(content);
    const other = '0'.repeat(64);
    await expect(download(`${url}/program`, file, other, quietWork)).rejects.toThrow(
      `SHA-256 is ${sha256}, expected ${other}`,
    );
  });

  it('that the host refuses says so', async () => {
    const refused = download(`${url}/missing`, join(folder, 'missing'), sha256, quietWork);
    await expect(refused).rejects.toThrow('HTTP 404');
  });

  it('is preceded by a probe that tells a reachable host from another', async () => {
    expect(await probeHost('127.0.0.1', (host.address() as AddressInfo).port)).toBeNull();
    expect(await probeHost('127.0.0.1', 1)).toBe('127.0.0.1: ECONNREFUSED');
  });
});
