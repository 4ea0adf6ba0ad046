import { defaultPayloadConverter } from '@temporalio/common';
import { gzipCodec } from '../../workflows/payloadCodec.js';

/** What travels to Temporal comes back as it was. */

const state = { rows: Array.from({ length: 2_000 }, (_, n) => ({ user: `user-${n}`, used: n })) };

it('sends a large state at a tenth of its size and reads it back as it was', async () => {
  const plain = defaultPayloadConverter.toPayload(state);
  const [sent] = await gzipCodec.encode([plain]);
  expect((sent?.data?.length ?? 0) * 5).toBeLessThan(plain.data?.length ?? 0);
  const [read] = await gzipCodec.decode(sent ? [sent] : []);
  expect(defaultPayloadConverter.fromPayload(read ?? {})).toEqual(state);
});

it('leaves small payloads and those of older releases readable as they are', async () => {
  const small = defaultPayloadConverter.toPayload({ mark: 7 });
  const large = defaultPayloadConverter.toPayload(state);
  expect(await gzipCodec.encode([small])).toEqual([small]);
  expect(await gzipCodec.decode([small, large])).toEqual([small, large]);
});

it('refuses a gzipped payload that does not say what it was', async () => {
  const [sent] = await gzipCodec.encode([defaultPayloadConverter.toPayload(state)]);
  const stripped = { ...sent, metadata: { encoding: sent?.metadata?.['encoding'] as Uint8Array } };
  await expect(gzipCodec.decode([stripped])).rejects.toThrow('does not say what it was before');
});
