import * as os from 'node:os';
import mongoose from 'mongoose';
import { temporalAnswers } from '../../../dev/servers/temporalAnswers.js';
import { startServers } from '../../stack.js';
import type { TestServers } from '../../stack.js';

describe('embedded servers', () => {
  let servers: TestServers;

  beforeAll(async () => {
    servers = await startServers();
  }, 60_000);

  afterAll(() => servers.stop());

  it('Temporal answers again after kill -9, on the same address', async () => {
    const target = { address: servers.temporalAddress, namespace: 'default', limitMs: 3_000 };
    await temporalAnswers(target);
    await servers.kill('temporal');
    await temporalAnswers(target);
  });

  it('an acknowledged write of the ledger survives kill -9', async () => {
    const client = new mongoose.mongo.MongoClient(servers.mongodbUri, { runtimeAdapters: { os } });
    try {
      const rows = client.db().collection<{ _id: string }>('rows', {
        writeConcern: { w: 'majority', journal: true },
      });
      await rows.insertOne({ _id: 'kept' });
      await servers.kill('ledger');
      expect(await rows.countDocuments({ _id: 'kept' })).toBe(1);
    } finally {
      await client.close();
    }
  });
});
