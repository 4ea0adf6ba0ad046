import os from 'node:os';
import mongoose from 'mongoose';
import { LedgerError } from './errors.js';

/** The database as the stores use it: the driver that comes with mongoose. */
export type Database = mongoose.mongo.Db;

/** How long any one call may take before its outcome counts as unknown. */
const OPTIONS = {
  serverSelectionTimeoutMS: 3_000,
  connectTimeoutMS: 3_000,
  socketTimeoutMS: 10_000,
  waitQueueTimeoutMS: 5_000,
  maxPoolSize: 20,
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  ignoreUndefined: true,
  bufferCommands: false,
  autoIndex: false,
  autoCreate: false,
  // Given here because the driver would load it by a dynamic import, which CommonJS sandboxes
  // such as a test runner's refuse; it then greets the server without saying who it is.
  runtimeAdapters: { os },
} as const;

/** An open connection and its database. */
export interface OpenDatabase {
  readonly connection: mongoose.Connection;
  readonly database: Database;
}

/**
 * Connects, and makes sure that a write is only acknowledged by a majority and its journal.
 * @throws LedgerError `unavailable` when nothing answers within 3 s; `invalid` for an address
 * that asks for weaker writes.
 */
export async function connect(uri: string): Promise<OpenDatabase> {
  const connection = mongoose.createConnection(uri, OPTIONS);
  try {
    await connection.asPromise();
    const database = connection.db;
    if (!database) throw new LedgerError('invalid', 'the address names no database');
    assertDurable(database);
    return { connection, database };
  } catch (error) {
    await connection.close(true);
    throw asLedgerError(error);
  }
}

/** What an address says may be stronger than what is given beside it. */
function assertDurable({ writeConcern, readConcern, readPreference }: Database): void {
  const { w, journal } = writeConcern ?? {};
  const { level } = readConcern ?? {};
  const { mode } = readPreference ?? {};
  if (w === 'majority' && journal === true && level === 'majority' && mode === 'primary') return;
  const found = JSON.stringify({ w, journal, level, mode });
  throw new LedgerError('invalid', `need majority, journal and primary, the address has ${found}`);
}

/** True when a unique index refused a write. */
export function isDuplicate(error: unknown): boolean {
  const said = error instanceof LedgerError ? error.cause : error;
  return said instanceof mongoose.mongo.MongoServerError && said.code === 11000;
}

/** Any failure of the driver or the server as `unavailable`; other errors as they are. */
export function asLedgerError(error: unknown): unknown {
  const { MongoError } = mongoose.mongo;
  const isDrivers = error instanceof MongoError || error instanceof mongoose.MongooseError;
  if (!isDrivers) return error;
  return new LedgerError('unavailable', `the ledger did not answer: ${error.message}`, error);
}

/**
 * Longest wait for any one call, ms: above all timeouts of the driver, for where they don't reach.
 * A command written to a socket that has just broken, before the driver was told so, is waited
 * for without end (mongodb 7.8 `lib/cmap/connection.js`, writeCommand: only `drain` or `error`
 * end the wait, and a destroyed socket emits neither).
 */
export const CALL_MS_MAX = 11_000;

/**
 * Runs a call of the driver; one that is over its time may still have its effect.
 * @throws LedgerError `unavailable` in place of the driver's errors, and after `msMax`.
 */
export async function answered<Answer>(
  call: () => Promise<Answer>,
  msMax = CALL_MS_MAX,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `the ledger did not answer within ${msMax} ms`;
    timer = setTimeout(() => reject(new LedgerError('unavailable', text)), msMax);
  });
  try {
    return await Promise.race([call(), late]);
  } catch (error) {
    throw asLedgerError(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Inserts a document; false when its id or another unique field of it stands already. */
export async function insertNew<Row extends { readonly _id: string }>(
  rows: mongoose.mongo.Collection<Row>,
  row: Row,
): Promise<boolean> {
  try {
    await answered(() => rows.insertOne(row as mongoose.mongo.OptionalUnlessRequiredId<Row>));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/**
 * The string itself, for use in a filter. Whatever else arrives here (an object could carry
 * operators) is refused. @throws LedgerError `invalid`.
 */
export function exactly(value: string): string {
  if (typeof value === 'string') return value;
  throw new LedgerError('invalid', `expected a string, got ${JSON.stringify(value)}`);
}
