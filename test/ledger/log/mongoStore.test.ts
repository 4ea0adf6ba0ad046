import { Socket } from 'node:net';
import { answered, connect, type OpenDatabase } from '../../../ledger/connection.js';
import { createLogIndexes, type GroupDocument } from '../../../ledger/log/documents.js';
import { MongoLogStore } from '../../../ledger/log/mongoStore.js';
import { startServers, type TestServers } from '../../stack.js';
import { until } from '../../until.js';
import { event, fence, group, keyOf } from '../entries.js';

/** Sockets of this process; Node tells them to debuggers only. */
function openSockets(): readonly Socket[] {
  const told = process as unknown as { _getActiveHandles(): unknown[] };
  return told._getActiveHandles().filter((handle) => handle instanceof Socket);
}

describe('the log in the database', () => {
  let servers: TestServers;
  let open: OpenDatabase;
  let store: MongoLogStore;

  beforeAll(async () => {
    servers = await startServers({ temporal: false });
    open = await connect(servers.mongodbUri);
    const log = open.database.collection<GroupDocument>('log');
    await createLogIndexes(log);
    store = new MongoLogStore(log);
  }, 60_000);
  afterAll(async () => {
    await open?.connection.close();
    await servers?.stop();
  }, 30_000);

  it('answers for each group of one insert: stored, number taken, entry id taken', async () => {
    const [a, b, c] = [keyOf('a'), keyOf('b'), keyOf('c')];
    await store.insert([group(a, 1, [event(1)]), group(b, 1, [event(1)])]);
    const outcomes = await store.insert([
      group(a, 1, [event(2)], { group: 'another' }),
      group(c, 1, [event(1)]),
      group(b, 2, [event(2), event(1)]),
      group(b, 2, [event(3)]),
    ]);
    expect(outcomes).toEqual(['refused', 'stored', 'refused', 'stored']);
    expect(await store.at(a, 1)).toMatchObject({ number: 1, group: 'g-a-1' });
    expect(await store.at(b, 3)).toBeNull();
  });

  it('finds the head of a log of any length', async () => {
    const key = keyOf('long');
    expect(await store.head(key, 0)).toBeNull();
    for (const length of [1, 2, 5, 63, 64, 65, 300]) {
      const known = (await store.head(key, 0))?.number ?? 0;
      const missing = Array.from({ length: length - known }, (_, index) => known + index + 1);
      await store.insert(missing.map((number) => group(key, number, [event(number)])));
      expect((await store.head(key, 0))?.number).toBe(length);
      expect(await store.head(key, length)).toBeNull();
      expect((await store.head(key, Math.max(0, known)))?.number).toBe(length);
    }
  });

  it('keeps logs apart whose names begin alike', async () => {
    await store.insert([group(keyOf('x'), 1, [event(1)]), group(keyOf('x#1'), 1, [event(1)])]);
    await store.insert([group(keyOf('x', 11), 1, [event(1)])]);
    expect(await store.standing(keyOf('x'), ['e1'])).toEqual([{ number: 1, entry: event(1) }]);
    expect(await store.standing(keyOf('x', 1), ['e2'])).toEqual([]);
    expect((await store.head(keyOf('x'), 0))?.number).toBe(1);
  });

  it('reads fences by themselves', async () => {
    const key = keyOf('fenced');
    const holds = ['r1#1@2'];
    await store.insert([
      group(key, 1, [event(1)]),
      group(key, 2, [fence('epoch-1', { type: 'epoch' })]),
      group(key, 3, [event(2)], { fence: 2 }),
      group(key, 4, [fence('expired-1', { type: 'expired', holds })], { fence: 2 }),
    ]);
    expect(await store.head(key, 0)).toMatchObject({ number: 4, fence: 2, isFence: true });
    expect(await store.fences(key, 0, 3)).toEqual([{ number: 2, fence: { type: 'epoch' } }]);
    expect(await store.fences(key, 2, 4)).toEqual([
      { number: 4, fence: { type: 'expired', holds } },
    ]);
  });

  it('calls an insert unknown when the connection is lost, and reads unavailable', async () => {
    const own = await connect(servers.mongodbUri);
    const lost = new MongoLogStore(own.database.collection<GroupDocument>('log'));
    const key = keyOf('lost');
    expect(await lost.insert([group(key, 1, [event(1)])])).toEqual(['stored']);
    const client = own.connection.getClient();
    await own.connection.close(true);
    await expect(answered(() => client.db().command({ ping: 1 }))).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
    });
    expect(await lost.insert([group(key, 2, [event(2)])])).toEqual(['unknown']);
    await expect(lost.at(key, 1)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits for no answer on a socket that broke before the driver was told', async () => {
    const others = new Set(openSockets());
    const own = await connect(servers.mongodbUri);
    const broken = new MongoLogStore(own.database.collection<GroupDocument>('log'), 300);
    const key = keyOf('broken');
    expect(await broken.insert([group(key, 1, [event(1)])])).toEqual(['stored']);
    for (const socket of openSockets()) {
      if (!others.has(socket)) socket.destroy();
    }
    expect(await broken.insert([group(key, 2, [event(2)])])).toEqual(['unknown']);
    expect(broken.insertFailure()).toMatch('did not answer within 300 ms');
    await until(async () => {
      const [outcome] = await broken.insert([group(key, 2, [event(2)])]);
      return outcome === 'stored' || outcome === 'refused';
    }, 'a new connection', 5_000);
    await own.connection.close(true);
  });
});
