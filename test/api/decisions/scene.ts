import type { Reply, World } from '../world.js';

/** Requests that the tests of decisions send. */

/** Asks for a path under /v1. */
export type Post = (path: string, body: unknown) => Promise<Reply>;

/** Posts to a world. */
export function poster(world: World): Post {
  return (path, body) => world.ask('POST', `/v1/${path}`, { body });
}

/** A customer on a plan of these tests. */
export async function made(world: World, id: string, plan = 'capped'): Promise<void> {
  const { status, body } = await world.ask('PUT', `/v1/customers/${id}`, { body: { plan } });
  if (status !== 201) throw new Error(`no customer: ${status} ${JSON.stringify(body)}`);
}

/** How many replies have a status or a code. */
export function counted(replies: readonly Reply[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of replies) {
    const name = typeof body['code'] === 'string' ? body['code'] : String(status);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
