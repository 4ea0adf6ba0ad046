import { randomBytes } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { answered, asLedgerError, connect, type Database } from './connection.js';
import type { Ledger, LedgerOptions } from './contract.js';
import { createLogIndexes, type GroupDocument } from './log/documents.js';
import { MongoLogStore } from './log/mongoStore.js';
import type { LogPort, Surroundings } from './log/port.js';
import { MongoLogReader } from './log/reader.js';
import { SummingSource } from './log/summing.js';
import { GroupCommitWriter } from './log/writer.js';
import { MongoAlertStore } from './stores/alerts.js';
import { MongoCatalogueStore } from './stores/catalogues.js';
import { MongoClaimStore } from './stores/claims.js';
import { MongoCustomerStore } from './stores/customers.js';
import { MongoDeletionStore } from './stores/deletions.js';
import { MongoEnsureStore } from './stores/ensures.js';
import { MongoIdempotencyStore } from './stores/idempotency.js';
import { MongoInboxStore } from './stores/inbox.js';
import { MongoIntentStore } from './stores/intents.js';
import { MongoInvoiceStore } from './stores/invoices.js';
import { MongoKeyStore } from './stores/keys.js';
import { Sweeper } from './sweeper.js';

/**
 * How long the indexes of one collection may take, ms. Longer builds go on in the database after
 * the socket's own timeout: a start that fails is repeated, and finds them further on. Not longer,
 * for what is written to a socket that has just broken is never answered.
 */
const INDEX_MS_MAX = 15_000;

/** How long a ping may take, ms. */
const PING_MS_MAX = 2_000;

/** How long closing waits for what is being written, ms. */
const CLOSE_MS_MAX = 5_000;

/**
 * Opens the ledger: connects (3 s), makes sure of the write concern, creates the indexes.
 * @throws LedgerError `unavailable` when nothing answers; `invalid` for an unfit address.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const nowMs = options.now ?? Date.now;
  const { connection, database } = await connect(options.uri);
  try {
    const { stores, reader, port } = await storesOf(database, nowMs);
    const writer = new GroupCommitWriter(port);
    const sweeper = new Sweeper(() => stores.idempotency.sweep(nowMs()));
    return {
      ...stores,
      deletions: new MongoDeletionStore(database, nowMs),
      writer,
      log: reader,
      ping: () => ping(database),
      close: async () => {
        await sweeper.stop();
        await writer.close(CLOSE_MS_MAX);
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close(true);
    throw asLedgerError(error);
  }
}

async function storesOf(database: Database, nowMs: () => number) {
  const log = database.collection<GroupDocument>('log');
  const stores = {
    customers: new MongoCustomerStore(database),
    catalogues: new MongoCatalogueStore(database),
    keys: new MongoKeyStore(database, nowMs),
    intents: new MongoIntentStore(database),
    ensures: new MongoEnsureStore(database),
    claims: new MongoClaimStore(database),
    invoices: new MongoInvoiceStore(database),
    inbox: new MongoInboxStore(database),
    alerts: new MongoAlertStore(database),
    idempotency: new MongoIdempotencyStore(database),
  };
  await answered(() => createLogIndexes(log), INDEX_MS_MAX);
  for (const store of Object.values(stores)) {
    if ('createIndexes' in store) await answered(() => store.createIndexes(), INDEX_MS_MAX);
  }
  const store = new MongoLogStore(log);
  const summing = new SummingSource((mode) => stores.catalogues.newest(mode), elapsedMs);
  return { stores, reader: new MongoLogReader(log, store), port: portOf(store, summing, nowMs) };
}

function elapsedMs(): number {
  return performance.now();
}

function portOf(store: MongoLogStore, summing: SummingSource, nowMs: () => number): LogPort {
  const surroundings: Surroundings = {
    wallMs: nowMs,
    elapsedMs,
    random: Math.random,
    groupId: () => randomBytes(12).toString('base64url'),
    pause: (ms) => (ms === 0 ? setImmediate() : setTimeout(ms)),
  };
  return {
    ...surroundings,
    insert: (groups) => store.insert(groups),
    insertFailure: () => store.insertFailure(),
    head: (key, above) => store.head(key, above),
    at: (key, number) => store.at(key, number),
    fences: (key, after, upTo) => store.fences(key, after, upTo),
    standing: (key, ids) => store.standing(key, ids),
    summing: (mode) => summing.current(mode),
  };
}

async function ping(database: Database): Promise<void> {
  await answered(() => database.command({ ping: 1 }), PING_MS_MAX);
}
