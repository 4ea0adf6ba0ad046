import { mkdir } from 'node:fs/promises';
import { buildOnce } from './buildOnce.js';
import type { Check, ServerProgram, Way, Work } from './contract.js';
import { probeHost } from './probe.js';
import type { ServerSettings } from './settings.js';

const HOST = 'fastdl.mongodb.org';

/** Version of MongoDB that is downloaded. */
export const MONGOD_VERSION = '8.2.6';

/** The official mongod through mongodb-memory-server, which knows the builds of each system. */
export function mongodDownload(settings: ServerSettings): Way {
  return {
    name: 'download',
    async check(): Promise<Check> {
      const unreachable = await probeHost(HOST);
      if (unreachable !== null) return { ok: false, reason: unreachable };
      return {
        ok: true,
        detail: `would download mongod ${MONGOD_VERSION} from ${HOST}`,
        obtain: (work) => fetchMongod(settings, work),
      };
    },
  };
}

async function fetchMongod(settings: ServerSettings, work: Work): Promise<ServerProgram> {
  // A development dependency: an installation without those has no download.
  const { MongoBinary } = await import('mongodb-memory-server-core');
  const downloadDir = settings.mongodFolder;
  return buildOnce('ledger', settings.cacheFolder, work, async () => {
    work.progress(`downloading mongod ${MONGOD_VERSION}`);
    await mkdir(downloadDir, { recursive: true });
    const options = { version: MONGOD_VERSION, downloadDir, checkMD5: true };
    const command = await MongoBinary.getPath(options);
    return { kind: 'mongod', how: `downloaded from ${HOST}: ${command}`, command };
  });
}
