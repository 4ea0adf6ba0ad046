import type { Redis } from 'ioredis';
import type { Quota } from './contestant.js';

/** Reserve and commit as one Lua script each, holds in a sorted set by their end. */

/** How long a grant holds, ms. */
const TTL_MS = 60_000;

/** KEYS: used, held, ends, sizes. ARGV: id, units, cap, now, ttl. Ends what is past its time. */
const RESERVE = `
local now = tonumber(ARGV[4])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('DECRBY', KEYS[2], redis.call('HGET', KEYS[4], id))
  redis.call('HDEL', KEYS[4], id)
  redis.call('ZREM', KEYS[3], id)
end
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
local held = tonumber(redis.call('GET', KEYS[2]) or '0')
local units = tonumber(ARGV[2])
if used + held + units > tonumber(ARGV[3]) then return 0 end
redis.call('INCRBY', KEYS[2], units)
redis.call('HSET', KEYS[4], ARGV[1], units)
redis.call('ZADD', KEYS[3], now + tonumber(ARGV[5]), ARGV[1])
return 1`;

/** KEYS as above. ARGV: id, units. */
const COMMIT = `
local size = redis.call('HGET', KEYS[4], ARGV[1])
if not size then return 0 end
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('DECRBY', KEYS[2], size)
redis.call('INCRBY', KEYS[1], ARGV[2])
return 1`;

interface Scripted extends Redis {
  reserveUnits(keys: number, ...values: readonly (string | number)[]): Promise<number>;
  commitUnits(keys: number, ...values: readonly (string | number)[]): Promise<number>;
}

/** Teaches a connection the two scripts. */
export function withScripts(redis: Redis): Redis {
  redis.defineCommand('reserveUnits', { lua: RESERVE });
  redis.defineCommand('commitUnits', { lua: COMMIT });
  return redis;
}

/** A quota in Redis; the connection knows the scripts. */
export function luaQuota(redis: Redis, name: string, cap: number): Quota {
  const scripted = redis as Scripted;
  const keys = ['used', 'held', 'ends', 'sizes'].map((part) => `${name}/${part}`);
  let next = 0;
  return {
    async reserve(units) {
      next += 1;
      const grant = `${name}-${next}`;
      const given = [grant, units, cap, Date.now(), TTL_MS];
      return (await scripted.reserveUnits(4, ...keys, ...given)) === 1 ? grant : null;
    },
    async commit(grant, units) {
      await scripted.commitUnits(4, ...keys, grant, units);
    },
    counted: async () => Number((await redis.get(`${name}/used`)) ?? 0),
  };
}
