import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Fewest characters of a secret: as many bits as the hash has, where they are random hex. */
export const SECRET_LENGTH_MIN = 32;

/**
 * Seals texts with HMAC-SHA-256. Several secrets, separated by commas, for rotation: the first
 * one seals, all of them open; so a new one is put in front, and the old one taken away once
 * nothing sealed with it lives any more.
 */
export class Seal {
  private readonly keys: readonly KeyObject[];

  /** @throws RangeError without a secret, or where one is shorter than 32 characters. */
  constructor(secrets: string) {
    const given = secrets.split(',').map((secret) => secret.trim());
    const short = given.filter((secret) => secret.length < SECRET_LENGTH_MIN).length;
    if (short > 0) {
      const expected = `at least ${SECRET_LENGTH_MIN} characters each`;
      throw new RangeError(`${short} of ${given.length} token secrets are too short: ${expected}`);
    }
    this.keys = given.map((secret) => createSecretKey(secret, 'utf8'));
  }

  /** The mark of a text: `bytes` (16 to 32) of its HMAC, base64url. */
  markOf(text: string, bytes: number): string {
    return markBy(this.keys[0] as KeyObject, text, bytes);
  }

  /** Whether one of the secrets made this mark of the text; takes as long wherever they differ. */
  isMarkOf(text: string, mark: string, bytes: number): boolean {
    const given = Buffer.from(mark);
    let good = false;
    for (const key of this.keys) {
      const made = Buffer.from(markBy(key, text, bytes));
      if (made.length === given.length && timingSafeEqual(made, given)) good = true;
    }
    return good;
  }
}

function markBy(key: KeyObject, text: string, bytes: number): string {
  return createHmac('sha256', key).update(text).digest().toString('base64url', 0, bytes);
}
