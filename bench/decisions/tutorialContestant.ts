import { Queue, Worker } from 'bullmq';
import type { Start } from './contestant.js';
import { startRedis } from './redisServer.js';

/** GET, compare, INCRBY, and a BullMQ job for each event: as tutorials do it. */
export const startTutorial: Start = async () => {
  const server = await startRedis();
  if (!server) return { absent: 'redis-server is not on the PATH' };
  const redis = server.connect();
  const connection = { port: server.port, host: '127.0.0.1', maxRetriesPerRequest: null };
  const queue = new Queue('usage', { connection });
  const worker = new Worker('usage', () => Promise.resolve(), { connection, concurrency: 50 });
  worker.on('error', () => undefined);
  return {
    name: 'redis-tutorial',
    what: 'Redis 7 GET then INCRBY, BullMQ job per event, AOF always',
    pids: () => [server.pid],
    quota: (name, cap) => {
      let next = 0;
      return Promise.resolve({
        async reserve(units: number) {
          const used = Number((await redis.get(name)) ?? 0);
          next += 1;
          return used + units > cap ? null : `${name}-${next}`;
        },
        async commit(grant: string, units: number) {
          await redis.incrby(name, units);
          const options = { jobId: grant, removeOnComplete: true };
          await queue.add('event', { name, units }, options);
        },
        counted: async () => Number((await redis.get(name)) ?? 0),
      });
    },
    async stop() {
      await worker.close(true);
      await queue.close();
      redis.disconnect();
      await server.stop();
    },
  };
};
