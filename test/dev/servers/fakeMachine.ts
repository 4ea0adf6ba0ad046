import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Work } from '../../../dev/servers/contract.js';
import type { ServerSettings } from '../../../dev/servers/settings.js';

/** A machine with nothing on it: empty PATH folder and caches, no address, no network used. */
export interface FakeMachine {
  readonly settings: ServerSettings;
  readonly binFolder: string;
  /** Puts a program there that answers `--version`, or fails when `works` is false. */
  program(file: string, works?: boolean): Promise<string>;
  remove(): Promise<void>;
}

/** Work that shows nothing and is never stopped. */
export const quietWork: Work = {
  progress: () => undefined,
  signal: new AbortController().signal,
};

/** Makes one in a folder of its own. */
export async function fakeMachine(): Promise<FakeMachine> {
  const root = await mkdtemp(join(tmpdir(), 'durabill-machine-'));
  const binFolder = join(root, 'bin');
  await mkdir(binFolder);
  return {
    binFolder,
    settings: {
      temporalAddress: undefined,
      temporalNamespace: 'default',
      temporalApiKey: undefined,
      temporalBin: undefined,
      mongodbUri: undefined,
      cacheFolder: join(root, 'cache'),
      mongodFolder: join(root, 'mongodb-binaries'),
      path: binFolder,
      environment: {},
    },
    async program(file, works = true) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, works ? '#!/bin/sh\necho version 1\n' : '#!/bin/sh\nexit 3\n');
      await chmod(file, 0o755);
      return file;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
