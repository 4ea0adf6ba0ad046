import { access } from 'node:fs/promises';
import type { Catalogue, CatalogueFault } from '../billing/catalogue.js';
import { loadCatalogueFile } from '../catalogue/load.js';
import { CommandFailed } from './commandFailed.js';

/** Longest value of a fault that is shown whole. */
const VALUE_LENGTH_MAX = 120;

/**
 * Loads and checks the catalogue a command was given.
 * @throws CommandFailed 2 when there is no such file, 1 with every fault of it; with `json` the
 * faults also go to standard output as `{faults: [{path, value, message}]}`.
 */
export async function readCatalogue(path: string, json: boolean): Promise<Catalogue> {
  await access(path).catch(() => {
    throw new CommandFailed(`There is no file ${path}.`, 2);
  });
  const loaded = await loadCatalogueFile(path);
  if ('catalogue' in loaded) return loaded.catalogue;
  if (json) printJson({ faults: loaded.faults.map(jsonFault) });
  const count = loaded.faults.length;
  const lines = loaded.faults.map((fault) => `  ${faultText(fault)}`);
  const title = `${path} has ${count} ${count === 1 ? 'fault' : 'faults'}:`;
  throw new CommandFailed([title, ...lines].join('\n'), 1);
}

/** One fault on one line: where, what was found there, what is wrong. */
export function faultText({ path, value, message }: CatalogueFault): string {
  const text = JSON.stringify(value) ?? 'nothing';
  const shown =
    text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
  return `${path === '' ? '(whole file)' : path} = ${shown}: ${message}`;
}

/** A missing value is null in JSON, never left out. */
function jsonFault({ path, value, message }: CatalogueFault): CatalogueFault {
  return { path, value: value ?? null, message };
}

/** One JSON document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
