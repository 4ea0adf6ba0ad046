import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Payload, PayloadCodec } from '@temporalio/common';

/**
 * How large messages travel to and from Temporal: gzipped, a tenth of their size. Part of the
 * contract with a workflow; used by its clients and workers, never inside the workflow.
 */

/** Smaller payloads stay as they are: readable in the Web UI, and not worth the work. */
const LEAST_BYTES = 8 * 1024;

/** A payload that grows beyond this was not made by us. */
const MOST_BYTES = 64 * 1024 * 1024;

const ENCODING = 'binary/gzip';

/** Metadata of a gzipped payload that says what its data was before. */
const INNER_ENCODING = 'durabill-encoding';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function encodeOne(payload: Payload): Promise<Payload> {
  const { data, metadata } = payload;
  if (!data || data.length < LEAST_BYTES) return payload;
  const inner = metadata?.['encoding'];
  if (!inner) return payload;
  return {
    metadata: { ...metadata, encoding: bytesOf(ENCODING), [INNER_ENCODING]: inner },
    data: await compress(data, { level: 1 }),
  };
}

async function decodeOne(payload: Payload): Promise<Payload> {
  const { data, metadata } = payload;
  const encoding = metadata?.['encoding'];
  if (!data || !encoding || new TextDecoder().decode(encoding) !== ENCODING) return payload;
  const { [INNER_ENCODING]: inner, ...others } = metadata;
  if (!inner) throw new Error(`a ${ENCODING} payload does not say what it was before`);
  const plain = await decompress(data, { maxOutputLength: MOST_BYTES });
  return { metadata: { ...others, encoding: inner }, data: plain };
}

/** Gzip for payloads of 8 KiB and more; reads plain ones as they are. */
export const gzipCodec: PayloadCodec = {
  encode: (payloads) => Promise.all(payloads.map(encodeOne)),
  decode: (payloads) => Promise.all(payloads.map(decodeOne)),
};

/** What clients and workers are given as their `dataConverter`. */
export const DATA_CONVERTER = { payloadCodecs: [gzipCodec] };
