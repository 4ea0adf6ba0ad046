import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../errors/problem.js';
import type { Caller } from './operation.js';

/** The API's own limit: requests a second and key (DURABILL_RATE_LIMIT). */
export interface RequestLimit {
  /** @throws Problem `rate_limited`. */
  take(caller: Caller): Promise<void>;
}

function refused(perSecond: number, state: RateLimiterRes): Problem {
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000));
  const detail = `This key may send ${perSecond} requests a second.`;
  return new Problem('rate_limited', detail, {
    headers: {
      'RateLimit-Policy': `"key";q=${perSecond};w=1`,
      RateLimit: `"key";r=0;t=${seconds}`,
      'Retry-After': String(seconds),
    },
  });
}

/** Counts in memory, per process. `null`: no limit. */
export function requestLimit(perSecond: number | null): RequestLimit {
  if (perSecond === null) return { take: () => Promise.resolve() };
  const limiter = new RateLimiterMemory({ points: perSecond, duration: 1 });
  return {
    async take(caller) {
      try {
        await limiter.consume(caller.keyId);
      } catch (error) {
        if (error instanceof RateLimiterRes) throw refused(perSecond, error);
        throw error;
      }
    },
  };
}
