import Stripe from 'stripe';
import { WebhookRefused } from '../../../api/webhooks/refusal.js';
import { verifySignature } from '../../../api/webhooks/signature.js';

/** Faults 22: only what a current secret signed, just now, over exactly these bytes. */

const FIRST = 'whsec_first';
const SECOND = 'whsec_second';
const NOW_MS = 1_800_000_000_500;
const NOW_SECONDS = 1_800_000_000;
const PAYLOAD = '{"id":"evt_1","text":"ä"}';

interface Signing {
  readonly secret?: string;
  readonly timestamp?: number;
  readonly payload?: string;
}

function headerOf({ secret = FIRST, timestamp = NOW_SECONDS, payload = PAYLOAD }: Signing = {}) {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

/** Why it is refused; null: it passes. */
function refusal(header: string | undefined, body = PAYLOAD, secrets = [FIRST, SECOND]) {
  try {
    verifySignature(Buffer.from(body), header, secrets, NOW_MS);
    return null;
  } catch (error) {
    if (error instanceof WebhookRefused) return error.reason;
    throw error;
  }
}

const v1Of = (header: string) => header.split(',v1=')[1] ?? '';

describe('passes', () => {
  test.each([
    ['the first secret', headerOf()],
    ['the second secret, while it is rotated', headerOf({ secret: SECOND })],
    ['exactly 300 s old', headerOf({ timestamp: NOW_SECONDS - 300 })],
    ['30 s ahead, as clocks differ', headerOf({ timestamp: NOW_SECONDS + 30 })],
    ['two v1 signatures, the fitting one last', `${headerOf({ secret: 'whsec_old' })},v1=${
      v1Of(headerOf())}`],
    ['two v1 signatures, the fitting one first', `${headerOf()},v1=${'0'.repeat(64)}`],
    ['a signature of another scheme beside it', `${headerOf()},v0=${'0'.repeat(64)}`],
  ])('%s', (_name, header) => {
    expect(refusal(header)).toBeNull();
  });
});

describe('is refused', () => {
  test.each([
    ['301 s old', headerOf({ timestamp: NOW_SECONDS - 301 }), 'stale'],
    ['three days old', headerOf({ timestamp: NOW_SECONDS - 3 * 86_400 }), 'stale'],
    ['31 s ahead', headerOf({ timestamp: NOW_SECONDS + 31 }), 'future'],
    ['an hour ahead', headerOf({ timestamp: NOW_SECONDS + 3600 }), 'future'],
    ['of a secret that is not ours', headerOf({ secret: 'whsec_other' }), 'forged'],
    ['over another body', headerOf({ payload: `${PAYLOAD} ` }), 'forged'],
    ['of scheme v0 alone', headerOf().replace('v1=', 'v0='), 'forged'],
    ['without a signature', `t=${NOW_SECONDS}`, 'forged'],
    ['without a time', `v1=${v1Of(headerOf())}`, 'unsigned'],
    ['with two times', `t=1,${headerOf()}`, 'unsigned'],
    ['with a time in words', headerOf().replace(/t=\d+/, 't=now'), 'unsigned'],
    ['with a negative time', headerOf().replace('t=', 't=-'), 'unsigned'],
    ['empty', '', 'unsigned'],
    ['missing', undefined, 'unsigned'],
    ['with a time moved nearer', headerOf({ timestamp: NOW_SECONDS - 301 })
      .replace(`t=${NOW_SECONDS - 301}`, `t=${NOW_SECONDS}`), 'forged'],
  ])('%s', (_name, header, reason) => {
    expect(refusal(header)).toBe(reason);
  });

  test('a body changed by one byte', () => {
    expect(refusal(headerOf(), PAYLOAD.replace('evt_1', 'evt_2'))).toBe('forged');
  });

  test('everything, where no secret is set', () => {
    expect(refusal(headerOf(), PAYLOAD, [])).toBe('forged');
  });
});

test('a refusal never quotes the signature', () => {
  const header = headerOf({ secret: 'whsec_other' });
  const texts: string[] = [];
  try {
    verifySignature(Buffer.from(PAYLOAD), header, [FIRST], NOW_MS);
  } catch (error) {
    texts.push(JSON.stringify(error), String(error), JSON.stringify((error as Error).stack));
  }
  expect(texts).toHaveLength(3);
  expect(texts.join()).not.toContain(v1Of(header).slice(0, 12));
});
