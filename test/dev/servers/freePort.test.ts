import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { isFree, portOrFree } from '../../../dev/servers/freePort.js';
import { PortTaken, Ports } from '../../../dev/servers/ports.js';

describe('ports', () => {
  let holder: Server;
  let taken: number;

  beforeAll(async () => {
    holder = createServer();
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
    taken = (holder.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((done) => holder.close(done)));

  it('that are taken are replaced by free ones that no outgoing connection gets', async () => {
    const port = await portOrFree(taken, new Set());
    expect(port).not.toBe(taken);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    expect(await isFree(port)).toBe(true);
  });

  it('that were asked for are never replaced', async () => {
    await expect(new Ports(true).takeAsked(taken)).rejects.toBeInstanceOf(PortTaken);
  });

  it('are given out once, though nobody listens on them yet', async () => {
    const ports = new Ports(false);
    const uses = ['api', 'temporal', 'temporalUi', 'ledger', 'stripe'] as const;
    const given = await Promise.all(uses.map((use) => ports.take(use)));
    expect(new Set(given).size).toBe(uses.length);
    const first = await portOrFree(given[0] ?? 0, new Set(given));
    expect(given).not.toContain(first);
  });
});
