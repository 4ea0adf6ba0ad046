import { createTransport } from 'nodemailer';
import { alertWords } from '../../billing/alerts/words.js';
import { type Channel, SEND_MS_MAX } from './channel.js';

/** Mail by SMTP. */

const SUBMISSION_PORT = 587;
const TLS_PORT = 465;

/** Where mail goes, read from `SMTP_URL`. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** True: TLS from the first byte; false: by STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user: string | null;
  readonly password: string;
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * Reads `smtp://USER:PASSWORD@HOST:PORT/?to=A&from=B` (`smtps` for TLS). `to` may hold several
 * addresses, separated by commas; `from` is the first of them where it is absent. Ports: 587,
 * 465 with TLS. Null for anything else.
 */
export function mailSettingsOf(text: string): MailSettings | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') return null;
  const named = url.searchParams.getAll('to').flatMap((list) => list.split(','));
  const to = named.map((address) => address.trim()).filter((address) => address !== '');
  const [first] = to;
  const from = url.searchParams.get('from') ?? first;
  if (from === undefined || ![from, ...to].every((address) => /^[^\s@]+@[^\s@]+$/.test(address))) {
    return null;
  }
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: url.port === '' ? (secure ? TLS_PORT : SUBMISSION_PORT) : Number(url.port),
    secure,
    user: url.username === '' ? null : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    from,
    to,
  };
}

/** True on this machine: nobody listens to what is sent there. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** A mail of one sentence; its Message-ID is the alert's, so that mailboxes know a repeat. */
export function mailChannel(settings: MailSettings): Channel {
  const { host, port, secure, user, password, from, to } = settings;
  const timeouts = {
    connectionTimeout: SEND_MS_MAX / 2,
    greetingTimeout: SEND_MS_MAX / 2,
    socketTimeout: SEND_MS_MAX,
    dnsTimeout: SEND_MS_MAX / 2,
  };
  const transport = createTransport({
    host,
    port,
    secure,
    ...timeouts,
    // A password must not be read off the wire because someone in between hid STARTTLS.
    requireTLS: user !== null && !secure && !isLoopback(host),
    ...(user !== null && { auth: { user, pass: password } }),
  });
  return {
    kind: 'email',
    to: `mailto:${to.join(',')}`,
    async send(message) {
      const words = alertWords(message);
      await transport.sendMail({
        from,
        to: [...to],
        subject: `[Durabill ${message.mode}] ${message.type}: ${message.customer}`,
        text: `${words}\n\n${new Date(message.timestampMs).toISOString()}, ${message.id}\n`,
        messageId: `<${message.id}@durabill.invalid>`,
      });
    },
  };
}
