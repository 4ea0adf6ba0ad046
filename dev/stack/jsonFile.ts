import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Writes a file as a whole or not at all; only its owner may read it. */
export function writeJson(file: string, value: unknown): void {
  const partial = `${file}.partial-${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, file);
}

/**
 * Content of a file that `writeJson` wrote, or null when there is none.
 * @throws Error naming the file when it is not JSON.
 */
export function readJson(file: string): unknown {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
