import { classify } from './failures.js';
import type { StripeSession } from './session.js';

/** Stripe forgets HTTP keys after 24 h at the earliest (API reference); we stop trusting at 20. */
const KEY_TRUSTED_MS = 20 * 3_600_000;

/** Key of `metadata` that carries an object's name; only we write it. */
export const REF_KEY = 'durabill_ref';

/** Something that must exist at Stripe exactly once. */
export interface Ensured {
  /** Made from its content; at most 240 characters, fit for an HTTP header. */
  readonly name: string;
  /** Looks at Stripe for the object that carries the name; its id, null when there is none. */
  find(): Promise<string | null>;
  /** Sends it under the HTTP key and marked with the name; answers its id. */
  create(httpKey: string): Promise<string>;
}

/**
 * Makes it, or finds that it was made: at most one object however often this is repeated, killed
 * or left without an answer (DESIGN §6). The name is stored first. Unknown outcome: the same key
 * again. After a saved 5xx, or when the key may be forgotten: look before sending the next key.
 * @throws what Stripe or the ledger threw; to be repeated where that is retryable.
 */
export async function ensure(session: StripeSession, wanted: Ensured): Promise<string> {
  const { ensures, now } = session;
  const row = await ensures.begin(wanted.name, now());
  if (row.state === 'done' && row.object !== null) return row.object;
  const aged = now() - row.firstSentAtMs >= KEY_TRUSTED_MS;
  if (aged || row.replies5xx > 0) {
    const found = await wanted.find();
    if (found !== null) return remember(session, wanted.name, found);
  }
  const { replies5xx } = aged ? await ensures.reply5xx(wanted.name) : row;
  const object = await send(session, wanted, `${wanted.name}~${replies5xx}`);
  return remember(session, wanted.name, object);
}

async function send(session: StripeSession, wanted: Ensured, httpKey: string): Promise<string> {
  try {
    return await wanted.create(httpKey);
  } catch (error) {
    if (classify(error)?.saved) await session.ensures.reply5xx(wanted.name);
    throw error;
  }
}

async function remember(session: StripeSession, name: string, object: string): Promise<string> {
  await session.ensures.done(name, object);
  return object;
}

/** Anything at Stripe that can carry a name. */
interface Marked {
  readonly id: string;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** Objects looked through before giving up; lists come newest first. */
const LOOK_MAX = 2_000;

/**
 * The id of the object that carries the name, null when there is none.
 * @throws Error when the list is longer than anything we would make: it proves nothing then.
 */
export async function findByRef(
  list: AsyncIterable<Marked>,
  name: string,
): Promise<string | null> {
  let looked = 0;
  for await (const object of list) {
    if (object.metadata?.[REF_KEY] === name) return object.id;
    looked += 1;
    if (looked >= LOOK_MAX) throw new Error(`${name} is not among ${LOOK_MAX} objects at Stripe`);
  }
  return null;
}
