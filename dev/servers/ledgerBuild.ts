import { delimiter, dirname, join } from 'node:path';
import { rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CRATE_VERSION, PLATFORM, WHEEL_VERSION, cachedFolder, fillFolder } from './cacheFolder.js';
import type { Check, ServerProgram, Way, Work } from './contract.js';
import { findOnPath, programFile, runs, versionOf } from './findProgram.js';
import { withLock } from './lockFile.js';
import { runBuild } from './runBuild.js';
import type { ServerSettings } from './settings.js';

/** CPython versions that have wheels of everything in the requirements. */
const PYTHON_MINOR = { min: 10, max: 13 };
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const WHEEL_PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'];
const INSTALL_LIMIT_MS = 10 * 60_000;
const COMPILE_LIMIT_MS = 45 * 60_000;
const REQUIREMENTS = fileURLToPath(new URL('secantus-requirements.txt', import.meta.url));

/** Program of the compiled build in the cache. */
export function crateProgram(cache: string): string {
  const folder = cachedFolder(cache, 'secantus', CRATE_VERSION);
  return join(folder, 'bin', programFile('secantusd-rs'));
}

/** Program of the Python build in the cache, and the file that says it is complete. */
export function wheelProgram(cache: string): { command: string; marker: string; folder: string } {
  const folder = cachedFolder(cache, 'secantus', WHEEL_VERSION);
  const scripts = process.platform === 'win32' ? 'Scripts' : 'bin';
  const command = join(folder, scripts, programFile('secantusd-py'));
  return { command, marker: join(folder, 'complete'), folder };
}

/** SecantusDB from PyPI in an environment of its own; about 20 seconds, once. */
export function secantusWheel(settings: ServerSettings): Way {
  return {
    name: 'python wheel',
    async check(): Promise<Check> {
      if (!WHEEL_PLATFORMS.includes(PLATFORM)) {
        return { ok: false, reason: `SecantusDB has no wheel for ${PLATFORM}` };
      }
      const python = await findPython(settings.path);
      if (python === null) {
        const { min, max } = PYTHON_MINOR;
        return { ok: false, reason: `python: no CPython 3.${min} to 3.${max} on PATH` };
      }
      return {
        ok: true,
        detail: `would install SecantusDB ${WHEEL_VERSION} with ${python} (about 20 seconds, once)`,
        obtain: (work) => installWheel(python, settings, work),
      };
    },
  };
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

async function findPython(path: string): Promise<string | null> {
  for (const name of PYTHONS) {
    const python = await findOnPath(name, path);
    if (python === null) continue;
    const version = await versionOf(python).catch(() => '');
    const minor = Number(/^Python 3\.(\d+)/.exec(version)?.[1] ?? 0);
    if (minor >= PYTHON_MINOR.min && minor <= PYTHON_MINOR.max) return python;
  }
  return null;
}

/** An environment can't be moved: it is made in its place, and the marker is written last. */
async function installWheel(
  python: string,
  settings: ServerSettings,
  work: Work,
): Promise<ServerProgram> {
  const { command, marker, folder } = wheelProgram(settings.cacheFolder);
  return locked(settings, work, async () => {
    if ((await isFile(marker)) && (await runs(command))) {
      return { kind: 'secantusd-py', how: `cache: ${command}`, command };
    }
    await rm(folder, { recursive: true, force: true });
    work.progress('making a Python environment');
    const step = { environment: settings.environment, limitMs: INSTALL_LIMIT_MS };
    await runBuild({ ...step, command: python, args: ['-m', 'venv', folder] }, work);
    work.progress(`installing SecantusDB ${WHEEL_VERSION}, about 20 seconds, once`);
    const pip = join(dirname(command), programFile('python'));
    const quiet = ['--disable-pip-version-check', '--no-input', '--only-binary=:all:'];
    const args = ['-m', 'pip', 'install', ...quiet, '--require-hashes', '-r', REQUIREMENTS];
    await runBuild({ ...step, command: pip, args }, work);
    await versionOf(command, '--help');
    await writeFile(marker, `${WHEEL_VERSION}\n`);
    const how = `installed SecantusDB ${WHEEL_VERSION} with ${python}`;
    return { kind: 'secantusd-py', how, command };
  });
}

async function compileCrate(
  cargo: string,
  settings: ServerSettings,
  work: Work,
): Promise<ServerProgram> {
  const command = crateProgram(settings.cacheFolder);
  return locked(settings, work, async () => {
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
          limitMs: COMPILE_LIMIT_MS,
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

/** One build at a time; who waited finds the program in the cache. */
function locked(
  settings: ServerSettings,
  work: Work,
  build: () => Promise<ServerProgram>,
): Promise<ServerProgram> {
  const lock = join(settings.cacheFolder, 'locks', 'ledger');
  const wait = ({ pid }: { pid: number }): void =>
    work.progress(`waiting for process ${pid}, which is getting it`);
  return withLock(lock, work.signal, wait, build);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
