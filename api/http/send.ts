import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { Answer } from './operation.js';

async function* ndjson(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

/** Sends an answer; lines are streamed with back-pressure. */
export async function sendAnswer(response: Response, answer: Answer): Promise<void> {
  response.status(answer.status);
  if (answer.headers) response.set(answer.headers);
  if (answer.lines) {
    response.type('application/x-ndjson');
    await pipeline(Readable.from(ndjson(answer.lines)), response);
  } else if (answer.text) {
    response.setHeader('Content-Type', answer.text.type);
    response.end(answer.text.content);
  } else if (answer.body === undefined) response.end();
  else {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(answer.body));
  }
}
