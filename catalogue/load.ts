import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CatalogueFault } from '../billing/catalogue.js';
import { type ParsedCatalogue, parseCatalogue } from './parse.js';
import { repeatedKeys } from './repeatedKeys.js';

/** Files that are run rather than read. */
const PROGRAMS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/**
 * Loads a catalogue from a JSON file, or from a TypeScript or JavaScript file that exports it by
 * default, and checks it whole. A file that can't be read or run is a fault of path "".
 */
export async function loadCatalogueFile(path: string): Promise<ParsedCatalogue> {
  const load = PROGRAMS.includes(extname(path)) ? runProgram : readJson;
  try {
    return await load(resolve(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const unreadable: CatalogueFault = { path: '', value: path, message: `can't load: ${reason}` };
    return { faults: [unreadable] };
  }
}

async function readJson(path: string): Promise<ParsedCatalogue> {
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  const parsed = parseCatalogue(JSON.parse(text));
  const repeated = repeatedKeys(text);
  if (repeated.length === 0) return parsed;
  return { faults: [...repeated, ...('faults' in parsed ? parsed.faults : [])] };
}

async function runProgram(path: string): Promise<ParsedCatalogue> {
  return parseCatalogue(await importDefault(path));
}

async function importDefault(path: string): Promise<unknown> {
  // Not a plain import: that fails for .ts in folders that are not of type "module".
  const { tsImport } = await import('tsx/esm/api');
  const url = pathToFileURL(path).href;
  const module = (await tsImport(url, url)) as { default?: unknown };
  if (module.default === undefined) throw new Error('the file has no default export');
  return unwrapped(module.default);
}

/** The exports of a file that counts as CommonJS arrive as one more default. */
function unwrapped(value: unknown): unknown {
  const wrapped = value !== null && typeof value === 'object' && 'default' in value;
  return wrapped ? value.default : value;
}
