import { chmod, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { buildOnce } from './buildOnce.js';
import { PLATFORM, TEMPORAL_VERSION, cachedFolder, fillFolder } from './cacheFolder.js';
import type { Check, ServerProgram, Way, Work } from './contract.js';
import { download } from './download.js';
import { findOnPath, programFile, runs, versionOf } from './findProgram.js';
import { probeHost } from './probe.js';
import { runBuild } from './runBuild.js';
import type { ServerSettings } from './settings.js';

const HOST = 'github.com';
const RELEASES = `https://${HOST}/temporalio/cli/releases/download`;
const MODULE = 'github.com/temporalio/cli/cmd/temporal';
const GO_MINOR_MIN = 25;
const BUILD_LIMIT_MS = 30 * 60_000;

/**
 * Archives of the release by platform, with their SHA-256 (the release's checksums.txt).
 * Windows has none here: it is built.
 */
const ARCHIVES: Readonly<Record<string, { readonly file: string; readonly sha256: string }>> = {
  'linux-x64': {
    file: 'temporal_cli_1.5.1_linux_amd64.tar.gz',
    sha256: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
  },
  'linux-arm64': {
    file: 'temporal_cli_1.5.1_linux_arm64.tar.gz',
    sha256: 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
  },
  'darwin-x64': {
    file: 'temporal_cli_1.5.1_darwin_amd64.tar.gz',
    sha256: 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
  },
  'darwin-arm64': {
    file: 'temporal_cli_1.5.1_darwin_arm64.tar.gz',
    sha256: 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
  },
};

/** Folder of the cached program. */
export function temporalFolder(cache: string): string {
  return cachedFolder(cache, 'temporal', TEMPORAL_VERSION);
}

/** The official download, checked against its SHA-256. */
export function temporalDownload(settings: ServerSettings): Way {
  return {
    name: 'download',
    async check(): Promise<Check> {
      const archive = ARCHIVES[PLATFORM];
      if (archive === undefined) return { ok: false, reason: `no known archive for ${PLATFORM}` };
      const unreachable = await probeHost(HOST);
      if (unreachable !== null) return { ok: false, reason: unreachable };
      const url = `${RELEASES}/${TEMPORAL_VERSION}/${archive.file}`;
      const fill = async (partial: string, work: Work): Promise<void> => {
        const packed = join(partial, archive.file);
        await download(url, packed, archive.sha256, work);
        const args = ['-xzf', packed, '-C', partial, 'temporal'];
        await runBuild({ command: 'tar', args, limitMs: 120_000 }, work);
        await chmod(join(partial, 'temporal'), 0o755);
        await rm(packed);
      };
      const how = `downloaded ${TEMPORAL_VERSION} from ${HOST}`;
      return {
        ok: true,
        detail: `would download ${archive.file} from ${HOST}`,
        obtain: (work) => intoCache(settings, how, work, fill),
      };
    },
  };
}

/** Builds the program by `go install`; about five minutes, once. */
export function temporalGoInstall(settings: ServerSettings): Way {
  return {
    name: 'go install',
    async check(): Promise<Check> {
      const go = await findOnPath('go', settings.path);
      if (go === null) return { ok: false, reason: 'go: not installed' };
      const version = await versionOf(go, 'version').catch(() => '');
      const minor = Number(/go1\.(\d+)/.exec(version)?.[1] ?? 0);
      if (minor < GO_MINOR_MIN) {
        const reason = `${go}: Go >= 1.${GO_MINOR_MIN} is needed, this is: ${version}`;
        return { ok: false, reason };
      }
      const how = `built ${TEMPORAL_VERSION} with ${go}`;
      return {
        ok: true,
        detail: `would build ${MODULE}@${TEMPORAL_VERSION} with ${go} (about 5 minutes, once)`,
        obtain: (work) =>
          intoCache(settings, how, work, (partial) => goInstall(go, partial, settings, work)),
      };
    },
  };
}

async function goInstall(
  go: string,
  partial: string,
  settings: ServerSettings,
  work: Work,
): Promise<void> {
  let packages = 0;
  const say = (what: string): void => work.progress(`${what}, about 5 minutes, once`);
  say('fetching modules');
  await runBuild(
    {
      command: go,
      args: ['install', '-v', `${MODULE}@${TEMPORAL_VERSION}`],
      environment: {
        ...settings.environment,
        PATH: [dirname(go), settings.path].join(delimiter),
        GOBIN: partial,
        CGO_ENABLED: '0',
      },
      limitMs: BUILD_LIMIT_MS,
      onLine: (line) => {
        if (line.startsWith('go: ')) return;
        packages += 1;
        say(`compiling, ${packages} packages done`);
      },
    },
    work,
  );
}

/** One build at a time; who waited finds the program in the cache. */
async function intoCache(
  settings: ServerSettings,
  how: string,
  work: Work,
  fill: (partial: string, work: Work) => Promise<void>,
): Promise<ServerProgram> {
  const folder = temporalFolder(settings.cacheFolder);
  const command = join(folder, programFile('temporal'));
  return buildOnce('temporal', settings.cacheFolder, work, async () => {
    if (await runs(command)) return { kind: 'temporal', how: `cache: ${command}`, command };
    await fillFolder(folder, async (partial) => {
      await fill(partial, work);
      await versionOf(join(partial, programFile('temporal')));
    });
    return { kind: 'temporal', how, command };
  });
}
