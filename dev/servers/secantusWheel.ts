import { rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce } from './buildOnce.js';
import { PLATFORM, WHEEL_VERSION, cachedFolder } from './cacheFolder.js';
import type { Check, ServerProgram, Way, Work } from './contract.js';
import { findOnPath, programFile, runs, versionOf } from './findProgram.js';
import { runBuild } from './runBuild.js';
import type { ServerSettings } from './settings.js';

/** CPython versions that have wheels of everything in the requirements. */
const PYTHON_MINOR = { min: 10, max: 13 };
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'];
const LIMIT_MS = 10 * 60_000;
const REQUIREMENTS = fileURLToPath(new URL('secantus-requirements.txt', import.meta.url));

/** The Python build of the cache, or null when it is absent or incomplete. */
export async function cachedWheel(cache: string): Promise<string | null> {
  const { command, marker } = places(cache);
  return (await isFile(marker)) && (await runs(command, '--help')) ? command : null;
}

/** SecantusDB from PyPI in an environment of its own; about 20 seconds, once. */
export function secantusWheel(settings: ServerSettings): Way {
  return {
    name: 'python wheel',
    async check(): Promise<Check> {
      if (!PLATFORMS.includes(PLATFORM)) {
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
  const { command, marker, folder } = places(settings.cacheFolder);
  return buildOnce('ledger', settings.cacheFolder, work, async () => {
    if ((await cachedWheel(settings.cacheFolder)) !== null) {
      return { kind: 'secantusd-py', how: `cache: ${command}`, command };
    }
    await rm(folder, { recursive: true, force: true });
    work.progress('making a Python environment');
    const step = { environment: settings.environment, limitMs: LIMIT_MS };
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

/** Program of the Python build in the cache, and the file that says it is complete. */
function places(cache: string): { command: string; marker: string; folder: string } {
  const folder = cachedFolder(cache, 'secantus', WHEEL_VERSION);
  const scripts = process.platform === 'win32' ? 'Scripts' : 'bin';
  const command = join(folder, scripts, programFile('secantusd-py'));
  return { command, marker: join(folder, 'complete'), folder };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
