import { programFile, findOnPath, runs, versionOf, whyNot } from './findProgram.js';
import type { Check, ServerProgram, Way } from './contract.js';
import { join, resolve } from 'node:path';
import { temporalDownload, temporalFolder, temporalGoInstall } from './temporalBuild.js';
import { temporalAnswers } from './temporalAnswers.js';
import type { ServerSettings } from './settings.js';

const CONFIGURED_LIMIT_MS = 3_000;

/** The ways to a Temporal server, in the order in which they are tried. */
export function temporalWays(settings: ServerSettings): readonly Way[] {
  return [
    { name: 'TEMPORAL_ADDRESS', check: () => configured(settings) },
    { name: 'TEMPORAL_BIN', check: () => named(settings) },
    { name: 'PATH', check: () => onPath(settings) },
    { name: 'cache', check: () => cached(settings) },
    temporalDownload(settings),
    temporalGoInstall(settings),
  ];
}

async function configured(settings: ServerSettings): Promise<Check> {
  const { temporalAddress: address } = settings;
  if (address === undefined) return { ok: false, reason: 'not set' };
  try {
    await temporalAnswers({
      address,
      namespace: settings.temporalNamespace,
      apiKey: settings.temporalApiKey,
      limitMs: CONFIGURED_LIMIT_MS,
    });
  } catch (error) {
    const why = (error as Error).message;
    return { ok: false, fatal: true, reason: `no Temporal answers at ${address}: ${why}` };
  }
  const how = `TEMPORAL_ADDRESS: ${address}`;
  return { ok: true, detail: how, obtain: async () => ({ kind: 'configured', how, address }) };
}

async function named(settings: ServerSettings): Promise<Check> {
  if (settings.temporalBin === undefined) return { ok: false, reason: 'not set' };
  return usable(resolve(settings.temporalBin), 'TEMPORAL_BIN');
}

async function onPath(settings: ServerSettings): Promise<Check> {
  const command = await findOnPath('temporal', settings.path);
  if (command === null) return { ok: false, reason: 'no `temporal`' };
  return usable(command, 'PATH');
}

async function cached(settings: ServerSettings): Promise<Check> {
  const folder = temporalFolder(settings.cacheFolder);
  const command = join(folder, programFile('temporal'));
  if (await runs(command)) return program(command, 'cache');
  return { ok: false, reason: `no working program in ${folder}` };
}

async function usable(command: string, from: string): Promise<Check> {
  try {
    await versionOf(command);
    return program(command, from);
  } catch (error) {
    return { ok: false, reason: whyNot(command, error) };
  }
}

function program(command: string, from: string): Check {
  const found: ServerProgram = { kind: 'temporal', how: `${from}: ${command}`, command };
  return { ok: true, detail: found.how, obtain: async () => found };
}
