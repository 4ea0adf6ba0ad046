import { Client, Connection } from '@temporalio/client';
import { DATA_CONVERTER } from '../workflows/payloadCodec.js';
import { CommandFailed } from './commandFailed.js';
import type { CommandSettings } from './settings.js';

/** Longest wait for Temporal to be reached. */
const CONNECT_MS = 10_000;

/** A client of the Temporal at HOST:PORT. @throws CommandFailed 2 when it can't be reached. */
export async function connectTemporal(
  address: string,
  { apiKey, namespace }: CommandSettings['temporal'],
): Promise<Client> {
  const secure = apiKey === undefined ? {} : { apiKey, tls: true };
  const connection = await Connection.connect({
    address,
    ...secure,
    connectTimeout: CONNECT_MS,
  }).catch((error: unknown) => {
    throw new CommandFailed(`Temporal at ${address} can't be used: ${String(error)}`, 2);
  });
  return new Client({ connection, namespace, dataConverter: DATA_CONVERTER });
}
