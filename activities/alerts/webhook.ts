import { createHmac } from 'node:crypto';
import type { Channel, Message } from './channel.js';
import { post } from './post.js';

/** Outgoing webhooks as Standard Webhooks 1.0 has them (github.com/standard-webhooks). */

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** The key in a secret `whsec_BASE64`; null: it is none. */
export function webhookKey(secret: string): Buffer | null {
  const [, text] = SECRET.exec(secret) ?? [];
  const key = text === undefined ? null : Buffer.from(text, 'base64');
  return key && key.length > 0 ? key : null;
}

/**
 * The header `webhook-signature`: one `v1,BASE64` per key, in the order given. What is signed is
 * `ID.SECONDS.BODY`.
 */
export function signaturesOf(
  keys: readonly Buffer[],
  id: string,
  seconds: number,
  body: string,
): string {
  const signed = `${id}.${seconds}.${body}`;
  const each = keys.map((key) => createHmac('sha256', key).update(signed).digest('base64'));
  return each.map((signature) => `v1,${signature}`).join(' ');
}

/** The body: type, time, and the object as it is now, with what the alert says under `alert`. */
export function webhookBody(message: Message): string {
  const { id, mode, customer, type, timestampMs, details, object } = message;
  const timestamp = new Date(timestampMs).toISOString();
  const alert = { id, mode, customer, details };
  return JSON.stringify({ type, timestamp, data: { ...object, alert } });
}

/** An endpoint of the operator's; each key signs, so that secrets can be changed one by one. */
export function webhookChannel(
  url: string,
  keys: readonly Buffer[],
  now: () => number = Date.now,
): Channel {
  const { origin, pathname } = new URL(url);
  return {
    kind: 'webhook',
    to: `${origin}${pathname}`,
    async send(message, stop) {
      const body = webhookBody(message);
      const seconds = Math.floor(now() / 1000);
      const headers = {
        'webhook-id': message.id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signaturesOf(keys, message.id, seconds, body),
      };
      await post(url, body, headers, stop);
    },
  };
}
