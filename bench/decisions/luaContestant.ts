import type { Start } from './contestant.js';
import { luaQuota, withScripts } from './luaQuota.js';
import { startRedis } from './redisServer.js';

/** Redis with one Lua script for each step, AOF always: the strongest usual way. */
export const startLua: Start = async () => {
  const server = await startRedis();
  if (!server) return { absent: 'redis-server is not on the PATH' };
  const redis = withScripts(server.connect());
  return {
    name: 'redis-lua',
    what: 'Redis 7 Lua, AOF always',
    pids: () => [server.pid],
    quota: (name, cap) => Promise.resolve(luaQuota(redis, name, cap)),
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
};
