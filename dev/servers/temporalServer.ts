import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.js';
import type { ServerProgram } from './contract.js';
import type { Launch } from './launch.js';
import { temporalAnswers } from './temporalAnswers.js';

const NAMESPACE = 'default';

/** Where an embedded Temporal server listens and keeps its data. */
export interface TemporalPlace {
  readonly port: number;
  /** Null: no Web UI. */
  readonly uiPort: number | null;
  /** SQLite file; made when it is missing. */
  readonly databaseFile: string;
  readonly logFile: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** How the embedded Temporal server is started (reference: `temporal server start-dev --help`). */
export function temporalLaunch(program: ServerProgram, place: TemporalPlace): Launch {
  mkdirSync(dirname(place.databaseFile), { recursive: true });
  const address = `127.0.0.1:${place.port}`;
  const ui = place.uiPort === null ? ['--headless'] : ['--ui-port', String(place.uiPort)];
  // Write-ahead log and one flush less a commit: 1.2 to 2 times the speed, and a killed process
  // loses nothing.
  const pragmas = ['journal_mode=wal', 'synchronous=normal'];
  const attributes = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `${name}=${type}`);
  return {
    name: 'temporal',
    command: program.command,
    args: [
      ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(place.port), ...ui],
      ...['--db-filename', place.databaseFile, '--log-level', 'warn', '--namespace', NAMESPACE],
      ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
      // Tasks that wait are taken by their priority, not in order.
      ...['--dynamic-config-value', 'matching.useNewMatcher=true'],
      ...attributes.flatMap((attribute) => ['--search-attribute', attribute]),
    ],
    environment: place.environment,
    logFile: place.logFile,
    ready: () => temporalAnswers({ address, namespace: NAMESPACE, limitMs: 2_000 }),
    readyLimitMs: 60_000,
  };
}
