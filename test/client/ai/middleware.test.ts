import { generateText, simulateReadableStream, streamText, wrapLanguageModel } from 'ai';
import { convertArrayToReadableStream, MockLanguageModelV3 } from 'ai/test';
import type { Generated, StreamPart } from '../../../client/ai/callTypes.js';
import { durabillMiddleware, type MeteringOptions } from '../../../client/aiSdk.js';
import type { Durabill } from '../../../client/durabill.js';
import { ApiDouble } from '../double/server.js';
import { fastClient } from '../fastClient.js';
import { until } from '../../until.js';

/** The middleware in the real AI SDK: what it reserves, what it counts, and under whose name. */

const LIMIT_MS = 5_000;

const api = new ApiDouble();
let client: Durabill;
let calls = 0;

beforeAll(() => api.start());
beforeEach(() => {
  api.reset();
  client = fastClient(api);
  calls = 0;
});
afterEach(() => client.close(500));
afterAll(() => api.stop());

const STOP = { unified: 'stop', raw: undefined } as const;
const UNSAID: Generated['usage'] = {
  inputTokens: {
    total: undefined,
    noCache: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
  },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};
const SAID: Generated['usage'] = {
  inputTokens: { total: 100, noCache: undefined, cacheRead: 30, cacheWrite: 20 },
  outputTokens: { total: 50, text: undefined, reasoning: 40 },
};

interface Answer extends Partial<Generated> {
  readonly parts?: readonly StreamPart[];
  readonly stream?: ReadableStream<StreamPart>;
}

function model(answer: Answer, options: Partial<MeteringOptions> = {}) {
  const { parts = [], stream, ...result } = answer;
  const inner = new MockLanguageModelV3({
    modelId: 'large',
    doGenerate: async () => {
      calls += 1;
      const content = [{ type: 'text', text: 'x'.repeat(20) } as const];
      return { content, finishReason: STOP, usage: SAID, warnings: [], ...result };
    },
    doStream: async () => ({ stream: stream ?? convertArrayToReadableStream([...parts]) }),
  });
  const middleware = durabillMiddleware(client, { customer: 'acme', user: 'u_1', ...options });
  return wrapLanguageModel({ model: inner, middleware });
}

const CALL = { prompt: 'x'.repeat(40), maxOutputTokens: 300 };
const counted = () => api.ledger.counted.map(({ quantities }) => quantities);
const delta = (length: number) => {
  return { type: 'text-delta', id: '1', delta: 'x'.repeat(length) } as const;
};
const START = { type: 'text-start', id: '1' } as const;

test('reserves prompt and all the output it may give; counts each exclusive kind', async () => {
  await generateText({ ...CALL, model: model({}) });
  expect(api.of('reserve').map(({ body }) => body)).toMatchObject([
    {
      customer: 'acme',
      user: 'u_1',
      quantities: { input_tokens: 10, output_tokens: 300 },
      properties: { model: 'large' },
    },
  ]);
  expect(counted()).toEqual([
    {
      input_tokens: 50,
      cache_read_tokens: 30,
      cache_write_tokens: 20,
      output_tokens: 10,
      reasoning_tokens: 40,
    },
  ]);
});

test('a call may say whose it is, and under which properties', async () => {
  const durabill = { customer: 'other', user: 'u_2', properties: { team: 'blue' } };
  await generateText({ ...CALL, model: model({}), providerOptions: { durabill } });
  expect(api.of('reserve')[0]?.body).toMatchObject({
    customer: 'other',
    user: 'u_2',
    properties: { model: 'large', team: 'blue' },
  });
});

test('a denial reaches the caller as it is, unrepeated, and the model is never asked', async () => {
  api.reset(5);
  const denied = generateText({ ...CALL, model: model({}), maxRetries: 3 });
  await expect(denied).rejects.toMatchObject({ name: 'DurabillError', code: 'limit_reached' });
  expect([calls, api.of('reserve').length]).toEqual([0, 1]);
});

test('estimate, default output and meters can be named', async () => {
  const meters = { input_tokens: 'in', output_tokens: 'out' };
  await generateText({ prompt: 'hi', model: model({}, { meters, outputTokens: 7 }) });
  expect(api.of('reserve')[0]?.body.quantities).toEqual({ in: 1, out: 7 });
  const estimate = () => ({ credits_like: 3 });
  await generateText({ ...CALL, model: model({}, { estimate }) });
  expect(api.of('reserve')[1]?.body.quantities).toEqual({ credits_like: 3 });
});

test('a provider that says no usage is counted by what it answered', async () => {
  await generateText({ ...CALL, model: model({ usage: UNSAID }) });
  expect(counted()).toEqual([{ input_tokens: 10, output_tokens: 5 }]);
  const estimateUsed = () => ({ output_tokens: 99 });
  await generateText({ ...CALL, model: model({ usage: UNSAID }, { estimateUsed }) });
  expect(counted()[1]).toEqual({ output_tokens: 99 });
});

test('an answer that ends in an error counts nothing', async () => {
  const finishReason = { unified: 'error', raw: undefined } as const;
  await generateText({ ...CALL, model: model({ finishReason }) });
  const finish = { type: 'finish', usage: SAID, finishReason } as const;
  const error = { type: 'error', error: new Error('overloaded') } as const;
  const failed = model({ parts: [START, delta(8), error, finish] });
  await streamText({ ...CALL, model: failed, onError: () => {} }).consumeStream();
  const cutOff = model({ parts: [START, delta(8), error] });
  await streamText({ ...CALL, model: cutOff, onError: () => {} }).consumeStream();
  await until(() => api.of('release').length === 3, 'all are released', LIMIT_MS);
  expect([counted(), api.ledger.held]).toEqual([[], 0]);
});

test('a stream is counted before its reader sees the end, and passes every part', async () => {
  const finish = { type: 'finish', usage: SAID, finishReason: STOP } as const;
  const parts = [START, delta(8), delta(8), { type: 'text-end', id: '1' }, finish] as const;
  const { stream } = await model({ parts }).doStream({ prompt: [], maxOutputTokens: 9 });
  const seen: StreamPart[] = [];
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    seen.push(part.value);
    if (part.value.type === 'finish') expect(counted()).toHaveLength(1);
  }
  expect(seen).toEqual(parts);
});

test('reasoning that was cut off counts as reasoning', async () => {
  const caller = new AbortController();
  const chunks: StreamPart[] = [
    { type: 'reasoning-start', id: '1' },
    { type: 'reasoning-delta', id: '1', delta: 'x'.repeat(12) },
    START,
    delta(4),
    delta(4_000),
  ];
  const stream = simulateReadableStream({ chunks, chunkDelayInMs: 20 });
  const params = { prompt: [], maxOutputTokens: 9, abortSignal: caller.signal };
  const reader = (await model({ stream }).doStream(params)).stream.getReader();
  for (let part = 0; part < 4; part += 1) await reader.read();
  caller.abort();
  await until(() => counted().length === 1, 'counted', LIMIT_MS);
  expect(counted()).toEqual([{ reasoning_tokens: 3, output_tokens: 1 }]);
  await reader.cancel();
  expect(counted()).toHaveLength(1);
});

test('with `lease: true` calls are decided here', async () => {
  const leased = model({}, { lease: true });
  for (let call = 0; call < 5; call += 1) await generateText({ ...CALL, model: leased });
  await client.flush();
  expect([api.of('reserve').length, counted().length]).toEqual([0, 5]);
});

test('with the API away and `allow`, calls run and are counted later', async () => {
  await api.stop();
  await generateText({ ...CALL, model: model({}, { onUnavailable: 'allow' }) });
  await api.start();
  await client.flush();
  expect(counted()).toHaveLength(1);
});
