import type { ApiKey, KeyStore } from '../../ledger/stores/contract.js';
import { Problem } from '../errors/problem.js';
import type { Access, Caller } from './operation.js';

/** Who is calling, by the key in the Authorization header. */

/** A revoked key is refused after this time at the latest. */
export const KEY_TTL_MS = 5000;

const KEYS_MAX = 10_000;
const BEARER = /^Bearer +([!-~]{1,200})$/i;
const KEY_SHAPE = /^(dbk|dbp)_(test|live)_[A-Za-z0-9_-]{16,150}$/;

/** Looks keys up, remembers good ones for a short time. */
export class KeyRing {
  private readonly known = new Map<string, { readonly key: ApiKey; readonly untilMs: number }>();
  private readonly asked = new Map<string, Promise<ApiKey | null>>();

  constructor(
    private readonly store: KeyStore,
    private readonly now: () => number = Date.now,
  ) {}

  /** The key of this secret, or null when it is unknown or revoked. */
  async find(secret: string): Promise<ApiKey | null> {
    const found = this.known.get(secret);
    if (found && found.untilMs > this.now()) return found.key;
    const running = this.asked.get(secret);
    if (running) return running;
    const lookup = this.ask(secret).finally(() => this.asked.delete(secret));
    this.asked.set(secret, lookup);
    return lookup;
  }

  private async ask(secret: string): Promise<ApiKey | null> {
    const untilMs = this.now() + KEY_TTL_MS;
    const key = await this.store.verify(secret);
    this.known.delete(secret);
    if (!key) return null;
    if (this.known.size >= KEYS_MAX) this.known.clear();
    this.known.set(secret, { key, untilMs });
    return key;
  }
}

function unauthorized(detail: string): Problem {
  return new Problem('unauthorized', detail, {
    headers: { 'WWW-Authenticate': 'Bearer realm="durabill"' },
  });
}

/** The caller, or null where no key was sent. @throws Problem `unauthorized`. */
export async function authenticate(ring: KeyRing, header: unknown): Promise<Caller | null> {
  if (header === undefined || header === '') return null;
  const secret = typeof header === 'string' ? BEARER.exec(header)?.[1] : undefined;
  if (secret === undefined) {
    throw unauthorized('The Authorization header must be "Bearer KEY".');
  }
  const key = KEY_SHAPE.test(secret) ? await ring.find(secret) : null;
  if (!key) throw unauthorized('This key is unknown or revoked.');
  return { keyId: key.id, mode: key.mode, scope: key.scope };
}

const SCOPES: Readonly<Record<Access, readonly string[]>> = {
  public: [],
  optional: [],
  ingest: ['secret', 'ingest'],
  secret: ['secret'],
};

/** @throws Problem `unauthorized` without a key, `forbidden` where scope or mode say no. */
export function authorize(caller: Caller | null, access: Access, testOnly: boolean): void {
  if (access === 'public' || access === 'optional') return;
  if (!caller) throw unauthorized('Send a key: "Authorization: Bearer KEY".');
  if (!SCOPES[access].includes(caller.scope)) {
    throw new Problem('forbidden', `A key of scope "${caller.scope}" may not call this.`);
  }
  if (testOnly && caller.mode !== 'test') {
    throw new Problem('forbidden', 'Only keys of test mode may call this.');
  }
}
