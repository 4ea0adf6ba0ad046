import * as os from 'node:os';
import mongoose from 'mongoose';

/**
 * Resolves when the database answers a ping.
 * @throws Error saying in one line why not, at the latest after `limitMs`.
 */
export async function mongoAnswers(uri: string, limitMs: number): Promise<void> {
  const client = new mongoose.mongo.MongoClient(uri, {
    serverSelectionTimeoutMS: limitMs,
    connectTimeoutMS: limitMs,
    socketTimeoutMS: limitMs,
    // The driver would load it by `import()`, which fails in tests (CommonJS): without it the
    // driver does not name itself, and is refused.
    runtimeAdapters: { os },
  });
  try {
    await client.db('admin').command({ ping: 1 });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(message.split('\n')[0] ?? message, { cause: error });
  } finally {
    await client.close();
  }
}
