/** What the worker of the naive way is told. */
export interface UpdateTarget {
  readonly temporalAddress: string;
  readonly taskQueue: string;
}

/** Reads it from the environment. @throws Error when something is missing. */
export function readTarget(environment: NodeJS.ProcessEnv = process.env): UpdateTarget {
  const { TEMPORAL_ADDRESS: temporalAddress, BENCH_TASK_QUEUE: taskQueue } = environment;
  if (!temporalAddress || !taskQueue) {
    throw new Error('TEMPORAL_ADDRESS and BENCH_TASK_QUEUE must be set');
  }
  return { temporalAddress, taskQueue };
}

/** What the Lua server is told. @throws Error when it is missing. */
export function readLuaSettings(environment: NodeJS.ProcessEnv = process.env): {
  readonly redisPort: number;
} {
  const redisPort = Number(environment['BENCH_REDIS_PORT']);
  if (!(redisPort >= 1)) throw new Error('BENCH_REDIS_PORT must be set');
  return { redisPort };
}
