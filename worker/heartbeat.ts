import type { ActivityInterceptorsFactory } from '@temporalio/worker';

/** Between two beats; below the heartbeat timeout of every activity (workflows/acts.ts). */
const BEAT_EVERY_MS = 1_500;

/** Every activity beats while it runs, so that a killed worker is noticed within seconds. */
export const beatWhileWorking: ActivityInterceptorsFactory = (context) => ({
  inbound: {
    async execute(input, next) {
      const timer = setInterval(() => context.heartbeat(), BEAT_EVERY_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  },
});
