import { rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { buildOnce } from './buildOnce.js';
import { CRATE_VERSION, cachedFolder, fillFolder } from './cacheFolder.js';
import type { Check, ServerProgram, Way, Work } from './contract.js';
import { findOnPath, programFile, runs, versionOf } from './findProgram.js';
import { runBuild } from './runBuild.js';
import type { ServerSettings } from './settings.js';

const LIMIT_MS = 45 * 60_000;

/** The compiled build of the cache, or null when it is absent or does not run. */
export async function cachedCrate(cache: string): Promise<string | null> {
  const command = place(cache);
  return (await runs(command)) ? command : null;
}

/** SecantusDB compiled by cargo: the fast build; about seven minutes, once. */
export function secantusCrate(settings: ServerSettings): Way {
  return {
    name: 'cargo install',
    async check(): Promise<Check> {
      const found = await Promise.all(
        ['cargo', 'cmake', 'cc'].map((tool) => findOnPath(tool, settings.path)),
      );
      const missing = ['cargo', 'cmake', 'cc'].filter((_, at) => found[at] === null);
      const cargo = found[0];
      // Windows has no `cc`; cargo itself then says which compiler it misses.
      const needed = missing.filter((tool) => tool !== 'cc' || process.platform !== 'win32');
      if (needed.length > 0 || !cargo) {
        return { ok: false, reason: `${needed.join(', ')}: not installed` };
      }
      return {
        ok: true,
        detail: `would compile SecantusDB ${CRATE_VERSION} with ${cargo} (about 7 minutes, once)`,
        obtain: (work) => compileCrate(cargo, settings, work),
      };
    },
  };
}

async function compileCrate(
  cargo: string,
  settings: ServerSettings,
  work: Work,
): Promise<ServerProgram> {
  const command = place(settings.cacheFolder);
  return buildOnce('ledger', settings.cacheFolder, work, async () => {
    if (await runs(command)) return { kind: 'secantusd-rs', how: `cache: ${command}`, command };
    const folder = cachedFolder(settings.cacheFolder, 'secantus', CRATE_VERSION);
    work.progress('compiling, about 7 minutes, once');
    await fillFolder(folder, async (partial) => {
      // It declares a newer Rust than it needs: built with 1.95.
      const version = ['--version', CRATE_VERSION, '--ignore-rust-version'];
      let crates = 0;
      await runBuild(
        {
          command: cargo,
          args: ['install', 'secantus-mdb', ...version, '--root', partial],
          environment: {
            ...settings.environment,
            PATH: [dirname(cargo), settings.path].join(delimiter),
            CARGO_TARGET_DIR: join(partial, 'target'),
          },
          limitMs: LIMIT_MS,
          onLine: (line) => {
            if (!line.includes('Compiling')) return;
            crates += 1;
            work.progress(`compiling, about 7 minutes, once: ${crates} crates done`);
          },
        },
        work,
      );
      await rm(join(partial, 'target'), { recursive: true, force: true });
      await versionOf(join(partial, 'bin', programFile('secantusd-rs')));
    });
    const how = `compiled SecantusDB ${CRATE_VERSION} with ${cargo}`;
    return { kind: 'secantusd-rs', how, command };
  });
}

/** Program of the compiled build in the cache. */
function place(cache: string): string {
  const folder = cachedFolder(cache, 'secantus', CRATE_VERSION);
  return join(folder, 'bin', programFile('secantusd-rs'));
}
