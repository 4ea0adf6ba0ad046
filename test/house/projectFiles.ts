import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSource, type SourceFile } from './sourceFile.js';

/** Root folder of the project. */
export const ROOT = join(__dirname, '..', '..');

/** Files that are not text of ours: the licence, the lock, data and pictures. */
const FOREIGN = /^LICENSE$|^package-lock\.json$|\.(csv|png|jpg|ico|woff2|gz)$|^test\/histories\//;

/** Every file that is in git or could be added to it, paths from the root. */
export function projectPaths(): string[] {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const output = execFileSync('git', list, { cwd: ROOT, encoding: 'utf8', timeout: 20_000 });
  const paths = output.split('\0').filter((path) => path !== '');
  return [...new Set(paths)].filter((path) => existsSync(join(ROOT, path))).sort();
}

/** Text of one file of the project. */
export function projectText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Every source file, parsed: TypeScript, and the few modules that start it. */
export function projectSources(): SourceFile[] {
  const paths = projectPaths().filter((path) => /\.(ts|mjs)$/.test(path));
  return paths.map((path) => parseSource(path, projectText(path)));
}

/** Every text written for this project, path and content. */
export function projectTexts(): { readonly path: string; readonly text: string }[] {
  const paths = projectPaths().filter((path) => !FOREIGN.test(path));
  return paths.map((path) => ({ path, text: projectText(path) }));
}
