import { commandEntry, customerCommand } from '../../../api/customers/command.js';
import type { Catalogue, Plan, PlanSnapshot } from '../../../billing/catalogue.js';
import type { StripeLink } from '../../../billing/command.js';
import { floorMinute } from '../../../billing/period.js';
import { until } from '../../until.js';
import { CATALOGUE, World, type Reply } from '../world.js';

/** Customers of a plan that has a newer version. */

const DAY_MS = 86_400_000;

const TEAM: Plan = {
  version: 1,
  name: 'Team',
  interval: 'month',
  baseAmountMinor: 1000,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '1' } },
};

/** Twice the base and the price of version 1, 100 tokens included. */
const DEARER: Plan = {
  ...TEAM,
  version: 2,
  baseAmountMinor: 2000,
  prices: { tokens: { type: 'perUnit', unitAmountMinor: '2', included: 100 } },
};

/** Counts tokens of one region alone: a property that no version before names. */
const REGIONAL: Plan = {
  ...TEAM,
  version: 3,
  prices: {
    eu: { type: 'perUnit', unitAmountMinor: '10' },
    runs: { type: 'perUnit', unitAmountMinor: '100' },
  },
};

const EU = { where: { region: 'eu' } };

const METERS: Catalogue['meters'] = {
  ...CATALOGUE.meters,
  eu: { name: 'EU', unit: 'token', aggregation: 'sum', of: ['tokens'], ...EU },
  runs: { name: 'Runs', unit: 'run', aggregation: 'count', of: ['input_tokens'], ...EU },
};

function publish(world: World, team: Plan, meters = CATALOGUE.meters) {
  const plans = { ...CATALOGUE.plans, team };
  return world.ledger.catalogues.publish('test', { ...CATALOGUE, meters, plans });
}

/** An API with `team@1` and `team@2`. */
export async function startMigrating(): Promise<World> {
  const world = await World.start();
  await publish(world, TEAM);
  await publish(world, DEARER);
  return world;
}

/** Publishes `team@3`, which counts by what nothing was summed by before; the API has seen it. */
export async function publishRegional(world: World): Promise<void> {
  await publish(world, REGIONAL, METERS);
  const isSeen = async () => (await migration(world, { to: 3, limit: 1 })).status === 200;
  await until(isSeen, 'a publication', 10_000);
}

const link = (customer: string, anchorSeconds: number): StripeLink => ({
  customer: `cus_${customer}`,
  subscription: `sub_${customer}`,
  testClock: null,
  baseItem: 'si_base',
  items: { tokens: 'si_tokens' },
  meters: { tokens: 'mtr_tokens' },
  eventNames: { tokens: 'tokens' },
  anchorSeconds,
});

/** A customer with a subscription since so many days: as if Stripe had taken it. */
export async function subscribed(
  world: World,
  customer: string,
  plan: string,
  days: number,
): Promise<void> {
  const catalogue = await world.ledger.catalogues.newest('test');
  const snapshot = catalogue?.snapshots[plan] as PlanSnapshot;
  const key = { mode: 'test', customer, life: 1 } as const;
  const atMs = floorMinute(Date.now()) - days * DAY_MS;
  const stripe = link(customer, atMs / 1000);
  await world.ledger.writer.append(key, [
    customerCommand('command/first', { plan: snapshot, details: {}, atMs }),
    commandEntry('command/subscribed', { type: 'subscribed', request: 1, plan: snapshot, stripe }),
  ]);
  await world.engine.tell(key, { ranges: [], sums: [], catalogue: 0, head: 2 });
}

/** The subscription ends at Stripe, now. */
export async function leave(world: World, customer: string): Promise<void> {
  const key = { mode: 'test', customer, life: 1 } as const;
  const endedSeconds = Math.floor(Date.now() / 1000);
  const ended = { type: 'ended', request: null, endedSeconds, byCycle: false } as const;
  await world.ledger.writer.append(key, [commandEntry('command/ended', ended)]);
  const head = await world.ledger.log.head(key);
  await world.engine.tell(key, { ranges: [], sums: [], catalogue: 0, head });
}

/** Tokens used so many days ago. */
export async function used(
  world: World,
  customer: string,
  tokens: number,
  daysAgo: number,
  properties: Readonly<Record<string, string>> = {},
): Promise<void> {
  const timestamp = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
  const id = `${customer}-${tokens}-${daysAgo}`;
  const quantities = { input_tokens: tokens };
  const { status, body } = await world.ask('POST', '/v1/events', {
    body: { id, customer, quantities, timestamp, properties },
  });
  if (status !== 200) throw new Error(`not recorded: ${status} ${JSON.stringify(body)}`);
}

/** One row of an answer. */
export interface Row {
  readonly customer: string;
  readonly oldAmountMinor: number;
  readonly newAmountMinor: number;
  readonly applied: boolean;
  readonly reason: string | null;
  readonly at: string | null;
  readonly periods: number;
}

/** Asks for a migration of `team`. */
export async function migration(
  world: World,
  asked: Readonly<Record<string, unknown>>,
): Promise<Reply & { readonly rows: readonly Row[] }> {
  const body = { plan: 'team', to: 2, mode: 'report', ...asked };
  const reply = await world.ask('POST', '/v1/migrations', { body });
  return { ...reply, rows: (reply.body['data'] ?? []) as readonly Row[] };
}
