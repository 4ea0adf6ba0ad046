import { execFile } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** File name of a program on this system. */
export function programFile(name: string): string {
  return name + SUFFIX;
}

/** Absolute path of the first program of this name in a search path, or null. */
export async function findOnPath(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter((part) => part !== '')) {
    const candidate = join(folder, programFile(name));
    if (await isProgram(candidate)) return candidate;
  }
  return null;
}

/** True for a file that this user may run. */
export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/**
 * What a program prints for its version, on one line.
 * @throws Error when it does not run, fails, or takes more than 5 s.
 */
export async function versionOf(command: string, ...args: string[]): Promise<string> {
  const asked = args.length > 0 ? args : ['--version'];
  const { stdout, stderr } = await execute(command, asked, { timeout: 5_000, windowsHide: true });
  return (stdout || stderr).trim().split('\n')[0] ?? '';
}

/** Why a program does not run, in a few words. */
export function whyNot(command: string, error: unknown): string {
  const { code, killed } = error as { code?: string | number; killed?: boolean };
  if (code === 'ENOENT') return `${command}: no such file`;
  if (code === 'EACCES') return `${command}: not executable`;
  if (killed) return `${command}: \`--version\` gave no answer within 5 s`;
  return `${command}: does not run (${String(code ?? (error as Error).message)})`;
}

/** True for a program that is there and answers `--version`, or what is asked instead. */
export async function runs(command: string, ...args: string[]): Promise<boolean> {
  if (!(await isProgram(command))) return false;
  return versionOf(command, ...args).then(
    () => true,
    () => false,
  );
}
