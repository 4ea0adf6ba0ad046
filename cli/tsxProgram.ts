import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Folder of the package: programs are started by their path in it. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/**
 * Command that runs one of our TypeScript programs, from any working folder, in one process.
 * @param file path inside the package, such as `api/main.ts`.
 */
export function tsxProgram(
  file: string,
  ...args: readonly string[]
): { readonly command: string; readonly args: readonly string[] } {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const flags = ['--enable-source-maps', '--import', loader];
  return { command: process.execPath, args: [...flags, join(PACKAGE_FOLDER, file), ...args] };
}
