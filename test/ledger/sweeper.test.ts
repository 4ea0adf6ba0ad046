import { connect } from '../../ledger/connection.js';
import { MongoIdempotencyStore } from '../../ledger/stores/idempotency.js';
import { Sweeper } from '../../ledger/sweeper.js';
import { startServers } from '../stack.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('sweeping', () => {
  it('goes on after a sweep that failed, one at a time, until it is stopped', async () => {
    jest.useFakeTimers();
    let sweeps = 0;
    const sweeper = new Sweeper(() => {
      sweeps += 1;
      return sweeps === 1 ? Promise.reject(new Error('away')) : Promise.resolve();
    });
    await jest.advanceTimersByTimeAsync(35 * MINUTE_MS);
    expect(sweeps).toBe(3);
    await sweeper.stop();
    await jest.advanceTimersByTimeAsync(35 * MINUTE_MS);
    expect(sweeps).toBe(3);
    jest.useRealTimers();
  });

  it('deletes answers older than a day, and no other', async () => {
    const servers = await startServers({ temporal: false });
    try {
      const { connection, database } = await connect(servers.mongodbUri);
      const store = new MongoIdempotencyStore(database);
      await store.createIndexes();
      for (const [key, atMs] of [['old', 0], ['new', 2 * MINUTE_MS]] as const) {
        await store.begin('test', key, 'hash', atMs);
        await store.finish('test', key, 200, key);
      }
      expect(await store.sweep(DAY_MS + MINUTE_MS)).toBe(1);
      const left = await store.begin('test', 'new', 'hash', DAY_MS + MINUTE_MS);
      expect(left).toEqual({ state: 'done', status: 200, body: 'new' });
      expect(await store.begin('test', 'old', 'hash', DAY_MS + MINUTE_MS)).toEqual({
        state: 'claimed',
      });
      await connection.close();
    } finally {
      await servers.stop();
    }
  }, 60_000);
});
