import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './operation.js';

async function* ndjson(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}

/** Sends an answer; lines are streamed with back-pressure. */
export async function sendAnswer(response: ServerResponse, answer: Answer): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, value);
  }
  if (answer.lines) {
    response.setHeader('Content-Type', 'application/x-ndjson');
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
