import { createHmac } from 'node:crypto';
import { channelsOf } from '../../../activities/alerts/channels.js';
import { type Channel, DeliveryFault, type Message } from '../../../activities/alerts/channel.js';
import { mailSettingsOf } from '../../../activities/alerts/email.js';
import { webhookKey } from '../../../activities/alerts/webhook.js';
import {
  startHttpReceiver,
  startMailReceiver,
  type HttpReceiver,
  type MailReceiver,
} from './receivers.js';

/** Each channel against a real receiver. */

const FIRST = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const SECOND = `whsec_${Buffer.alloc(32, 250).toString('base64')}`;
const NEVER = new AbortController().signal;

const MESSAGE: Message = {
  id: 'al_0123',
  mode: 'test',
  customer: 'a&b',
  type: 'limit.approaching',
  timestampMs: Date.UTC(2026, 10, 11, 12),
  details: { limit: 'cap', scope: 'customer', key: null, percent: 80, max: 1000, used: 800 },
  object: { id: 'a&b', status: 'active' },
};

let http: HttpReceiver;
let smtp: MailReceiver;

beforeAll(async () => {
  http = await startHttpReceiver();
  smtp = await startMailReceiver();
});

afterAll(async () => {
  await http.stop();
  await smtp.stop();
});

afterEach(() => {
  http.received.length = 0;
  http.statuses.length = 0;
});

function only(settings: Partial<Parameters<typeof channelsOf>[0]>): Channel {
  const [channel, ...more] = channelsOf({ ALERT_WEBHOOK_SECRET: [], ...settings });
  if (!channel || more.length > 0) throw new Error('expected one channel');
  return channel;
}

const webhook = () =>
  only({
    ALERT_WEBHOOK_URL: `${http.url}/hook?token=private`,
    ALERT_WEBHOOK_SECRET: [FIRST, SECOND],
  });

describe('an outgoing webhook', () => {
  it('is signed by every secret, over id, time and the very body', async () => {
    const beforeSeconds = Math.floor(Date.now() / 1000);
    await webhook().send(MESSAGE, NEVER);
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = http.received;
    expect(path).toBe('/hook?token=private');
    expect(headers['content-type']).toBe('application/json');
    expect(headers['webhook-id']).toBe('al_0123');
    const seconds = String(headers['webhook-timestamp']);
    expect(Number(seconds)).toBeGreaterThanOrEqual(beforeSeconds);
    expect(Number(seconds)).toBeLessThanOrEqual(Date.now() / 1000);
    const expected = [FIRST, SECOND].map((secret) => {
      const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'));
      return `v1,${hmac.update(`al_0123.${seconds}.${body}`).digest('base64')}`;
    });
    expect(String(headers['webhook-signature']).split(' ')).toEqual(expected);
    expect(JSON.parse(body)).toEqual({
      type: 'limit.approaching',
      timestamp: '2026-11-11T12:00:00.000Z',
      data: {
        id: 'a&b',
        status: 'active',
        alert: { id: 'al_0123', mode: 'test', customer: 'a&b', details: MESSAGE.details },
      },
    });
  });

  it('is known by its address, without the secret part of it', () => {
    expect(webhook()).toMatchObject({ kind: 'webhook', to: `${http.url}/hook` });
  });

  it.each([500, 404, 302])('is not taken by an answer of %d, nor sent on', async (status) => {
    http.statuses.push(status);
    const sending = webhook().send(MESSAGE, NEVER);
    await expect(sending).rejects.toMatchObject({ message: `answered ${status}`, final: false });
    expect(http.received).toHaveLength(1);
  });

  it('is not wanted any more where the answer is 410', async () => {
    http.statuses.push(410);
    const fault = await webhook().send(MESSAGE, NEVER).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(DeliveryFault);
    expect(fault).toMatchObject({ final: true });
  });

  it('is given up when told to stop, though the receiver never answers', async () => {
    http.statuses.push(null);
    const stop = new AbortController();
    const sending = webhook().send(MESSAGE, stop.signal);
    stop.abort();
    await expect(sending).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('takes only secrets that are whsec_ and base64', () => {
    expect(webhookKey(FIRST)).toEqual(Buffer.alloc(24, 1));
    for (const secret of ['whsec_', 'whsec_a b', 'abc', `${FIRST} `, 'whsec_-_-_']) {
      expect(webhookKey(secret)).toBeNull();
    }
  });
});

describe('a message to Slack', () => {
  it('is one sentence, escaped, and the address stays secret', async () => {
    const slack = only({ SLACK_WEBHOOK_URL: `${http.url}/services/T/B/secret` });
    await slack.send(MESSAGE, NEVER);
    expect(slack).toMatchObject({ kind: 'slack', to: 'slack' });
    expect(http.received.map(({ path }) => path)).toEqual(['/services/T/B/secret']);
    expect(JSON.parse(http.received[0]?.body ?? '')).toEqual({
      text: '[test] a&amp;b: cap is at 80 %, 800 of 1,000 used.',
    });
  });
});

describe('a mail', () => {
  it('arrives with sender, recipients, login and an id that repeats have too', async () => {
    const to = 'ops@example.com,%20cfo@example.com';
    const server = `smtp://us%40er:pa%2Fss@127.0.0.1:${smtp.port}`;
    const address = `${server}/?to=${to}&from=bills@example.com`;
    const mail = only({ SMTP_URL: address });
    await mail.send(MESSAGE, NEVER);
    await mail.send(MESSAGE, NEVER);
    expect(mail.to).toBe('mailto:ops@example.com,cfo@example.com');
    const [first, second] = smtp.mails;
    expect(first).toMatchObject({
      from: 'bills@example.com',
      to: ['ops@example.com', 'cfo@example.com'],
      login: '\0us@er\0pa/ss',
    });
    expect(first?.data).toContain('Subject: [Durabill test] limit.approaching: a&b');
    expect(first?.data).toContain('a&b: cap is at 80 %, 800 of 1,000 used.');
    for (const sent of [first, second]) {
      expect(sent?.data).toContain('Message-ID: <al_0123@durabill.invalid>');
    }
  });

  it('fails where nobody listens', async () => {
    const gone = await startMailReceiver();
    await gone.stop();
    const mail = only({ SMTP_URL: `smtp://127.0.0.1:${gone.port}/?to=a@b` });
    await expect(mail.send(MESSAGE, NEVER)).rejects.toMatchObject({ code: 'ESOCKET' });
  });

  it.each([
    ['smtp://h/?to=a@b', { host: 'h', port: 587, secure: false, user: null, from: 'a@b' }],
    ['smtps://u:p@h/?to=a@b&from=c@d', { port: 465, secure: true, user: 'u', password: 'p' }],
    ['smtp://[::1]:25/?to=a@b&to=c@d', { host: '::1', port: 25, to: ['a@b', 'c@d'] }],
  ])('reads %s', (text, expected) => {
    expect(mailSettingsOf(text)).toMatchObject(expected);
  });

  it.each(['', 'h', 'http://h/?to=a@b', 'smtp://h/', 'smtp://h/?to=ab', 'smtp://h/?to=a@b&from=c'])(
    'does not read %j',
    (text) => expect(mailSettingsOf(text)).toBeNull(),
  );
});

it('without any setting there is no channel', () => {
  expect(channelsOf({ ALERT_WEBHOOK_SECRET: [] })).toEqual([]);
});
