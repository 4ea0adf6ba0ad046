import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerEngine, ServerProgram } from './contract.js';
import type { Launch } from './launch.js';
import { mongoAnswers } from './mongoAnswers.js';
import { probeHost } from './probe.js';

const DATABASE = 'durabill';

/** Where an embedded ledger database listens and keeps its data. */
export interface LedgerPlace {
  readonly port: number;
  /** Each engine has a folder of its own inside; made when it is missing. */
  readonly folder: string;
  readonly logFile: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Memory for its cache. */
  readonly cacheMegabytes: number;
}

/** Engine that a program's data belongs to. */
export function engineOf(program: ServerProgram): LedgerEngine {
  return program.kind === 'mongod' ? 'mongod' : 'secantus';
}

/** Connection string of an embedded ledger. */
export function ledgerUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/${DATABASE}?directConnection=true`;
}

/** How the embedded ledger database is started. An acknowledged write survives `kill -9`. */
export function ledgerLaunch(program: ServerProgram, place: LedgerPlace): Launch {
  const data = join(place.folder, engineOf(program));
  mkdirSync(data, { recursive: true });
  const args = engineOf(program) === 'mongod' ? mongodArgs(place, data) : secantusArgs(place, data);
  return {
    name: 'ledger',
    command: program.command,
    args,
    environment: withoutSecantus(place.environment),
    logFile: place.logFile,
    ready: async () => {
      // The driver looks twice a second; a closed port says no at once.
      const unreachable = await probeHost('127.0.0.1', place.port);
      if (unreachable !== null) throw new Error(unreachable);
      await mongoAnswers(ledgerUri(place.port), 2_000);
    },
    readyLimitMs: 60_000,
  };
}

function mongodArgs(place: LedgerPlace, data: string): readonly string[] {
  const cache = String(Math.max(place.cacheMegabytes / 1_024, 0.25));
  return [
    ...['--dbpath', data, '--port', String(place.port), '--bind_ip', '127.0.0.1'],
    ...['--wiredTigerCacheSizeGB', cache, '--quiet'],
  ];
}

/**
 * `--sync-on-commit` is what makes a journalled write durable there: without it acknowledged
 * writes were lost on kill -9. A file of our own keeps it from reading a stray secantusd.toml.
 */
function secantusArgs(place: LedgerPlace, data: string): readonly string[] {
  const config = join(place.folder, 'secantusd.toml');
  writeFileSync(config, '# Everything is said on the command line.\n');
  return [
    ...['--config', config, '--host', '127.0.0.1', '--port', String(place.port)],
    ...['--storage-path', data, '--sync-on-commit', '--cache-size', `${place.cacheMegabytes}M`],
    ...['--log-level', 'WARNING'],
  ];
}

/** SecantusDB also reads settings from SECANTUS_… variables: none may loosen the flags. */
function withoutSecantus(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('SECANTUS_'));
  return Object.fromEntries(kept);
}
