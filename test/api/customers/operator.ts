import type { Catalogue, Limit } from '../../../billing/catalogue.js';
import type { HoldAnswer } from '../../../billing/holds/asks.js';
import { CATALOGUE, World, type WorldOptions } from '../world.js';

/** What an operator sets, on plans that have something to set. */

const KEY = { mode: 'test', life: 1 } as const;

const limit = (id: string, scope: Limit['scope'], max: number): Limit => ({
  id,
  scope,
  max,
  meters: ['tokens'],
  window: 'period',
});

const OPERATED: Catalogue = {
  ...CATALOGUE,
  meters: {
    ...CATALOGUE.meters,
    credits: {
      name: 'Credits',
      unit: 'credit',
      aggregation: 'sum',
      rates: [{ meter: 'tokens', creditsPerUnit: '0.5' }],
    },
  },
  plans: {
    ...CATALOGUE.plans,
    team: {
      version: 1,
      name: 'Team',
      interval: 'month',
      limits: [
        limit('whole', 'customer', 1000),
        limit('user', 'user', 100),
        limit('team', 'property:team', 200),
      ],
    },
    points: {
      version: 1,
      name: 'Points',
      interval: 'day',
      creditGrant: { amount: '100', rolloverMax: '50' },
    },
  },
};

/** A world whose catalogue has the plans `team` (three scopes) and `points` (credits, no price). */
export async function startOperated(options: WorldOptions = {}): Promise<World> {
  const world = await World.start(options);
  await world.ledger.catalogues.publish('test', OPERATED);
  return world;
}

/** A customer on a plan, from an anchor if one is given. */
export async function join(world: World, id: string, plan: string, anchor?: string) {
  const { status, body } = await world.ask('PUT', `/v1/customers/${encodeURIComponent(id)}`, {
    body: { plan, ...(anchor === undefined ? {} : { anchor }) },
  });
  if (status !== 201) throw new Error(`no customer: ${status} ${JSON.stringify(body)}`);
}

/** An event that the API records. */
export async function use(world: World, event: Readonly<Record<string, unknown>>): Promise<void> {
  const { status, body } = await world.ask('POST', '/v1/events', { body: event });
  if (status !== 200) throw new Error(`not recorded: ${status} ${JSON.stringify(body)}`);
}

/** How a decision about tokens ends, by the workflow's own state: `granted` or the code. */
export async function decision(
  world: World,
  customer: string,
  tokens: number,
  owner: { readonly user?: string; readonly team?: string } = {},
): Promise<string> {
  const id = `r-${Math.random().toString(36).slice(2)}`;
  const properties: Record<string, string> = owner.team === undefined ? {} : { team: owner.team };
  const ask = {
    type: 'reserve' as const,
    id,
    user: owner.user ?? null,
    quantities: { input_tokens: tokens },
    properties,
    ttlMs: 1000,
    hash: id,
    forSettle: false,
  };
  const key = { ...KEY, customer };
  const mark = (await world.engine.standing(key))?.mark ?? 0;
  const usage = { ranges: [], sums: [], catalogue: 0, head: mark };
  for (let round = 0; round < 20; round += 1) {
    const reply = await world.engine.decide(key, { asks: [ask], usage }, `${id}-${round}`);
    const [answer] = reply.answers;
    if (answer && answer.type !== 'later') return ended(answer);
  }
  throw new Error('always later');
}

function ended(answer: HoldAnswer): string {
  return answer.type === 'denied' ? answer.denial.code : answer.type;
}
