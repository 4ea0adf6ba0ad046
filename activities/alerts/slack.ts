import { alertWords } from '../../billing/alerts/words.js';
import type { Channel } from './channel.js';
import { post } from './post.js';

/** Slack wants these three escaped (docs.slack.dev/messaging/formatting-message-text). */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A message of one sentence to an incoming webhook of Slack; its address is a secret. */
export function slackChannel(url: string): Channel {
  return {
    kind: 'slack',
    to: 'slack',
    async send(message, stop) {
      const words = `[${message.mode}] ${alertWords(message)}`;
      const text = words.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? character);
      await post(url, JSON.stringify({ text }), {}, stop);
    },
  };
}
