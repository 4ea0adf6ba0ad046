import { endingOf, type Ending } from '../../billing/entries.js';
import type { CustomerKey, LogGroup } from '../../billing/log.js';
import type { Acknowledged } from './traffic.js';
import type { World } from './world.js';

/** All that a world at rest has broken, in words; empty when every promise was kept. */
export function brokenPromises(world: World): readonly string[] {
  return world.customers.flatMap(({ key }) => {
    const log = world.database.log(key);
    const broken = [
      ...log.gaps.map((number) => `number ${number} landed above a gap`),
      ...repeats(log.groups),
      ...fencesBroken(log.groups),
      ...world.traffic.acknowledged
        .filter((one) => one.key === key)
        .flatMap((one) => answerBroken(log.groups, one, world)),
      ...foldBroken(world, key, log.groups),
    ];
    return broken.map((what) => `${key.customer}: ${what}`);
  });
}

/** Numbers without a gap, and no id twice. */
export function repeats(groups: readonly LogGroup[]): string[] {
  const broken = groups.flatMap(({ number }, index) =>
    number === index + 1 ? [] : [`number ${number} stands in place ${index + 1}`],
  );
  const seen = new Set<string>();
  for (const { entries, number } of groups) {
    for (const { id } of entries) {
      if (seen.has(id)) broken.push(`${id} stands twice, again at ${number}`);
      seen.add(id);
    }
  }
  return broken;
}

/** Nothing that contradicts a fence stands after it, and groups name the last fence below. */
export function fencesBroken(groups: readonly LogGroup[]): string[] {
  const broken: string[] = [];
  const ended = new Map<string, number>();
  let epoch = 0;
  let lastFence = 0;
  for (const { entries, number, fence } of groups) {
    if (fence !== lastFence) broken.push(`${number} names fence ${fence}, it is ${lastFence}`);
    for (const entry of entries) {
      const ending = endingOf(entry);
      if (ending) broken.push(...endingBroken(entry.id, ending, number, ended, epoch));
      if (entry.kind !== 'fence') continue;
      lastFence = number;
      if (entry.fence.type === 'epoch') epoch = number;
      if (entry.fence.type !== 'expired') continue;
      for (const hold of entry.fence.holds) ended.set(hold, number);
    }
  }
  return broken;
}

function endingBroken(
  id: string,
  { holds, since }: Ending,
  number: number,
  ended: ReadonlyMap<string, number>,
  epoch: number,
): string[] {
  return holds.flatMap((hold) => {
    const fence = ended.get(hold);
    if (fence !== undefined) return [`${id} at ${number}: ${hold} ended at ${fence}`];
    const own = Number(hold.slice(hold.lastIndexOf('@') + 1));
    if (own >= epoch || since >= epoch) return [];
    return [`${id} at ${number}: ${hold} is older than ${epoch}`];
  });
}

/** What a caller was told is what the log says. */
function answerBroken(
  groups: readonly LogGroup[],
  { key, entry, outcome }: Acknowledged,
  world: World,
): string[] {
  const stands = groups.flatMap(({ number, entries }) =>
    entries.filter(({ id }) => id === entry.id).map(({ hash }) => ({ number, hash })),
  )[0];
  const told = `${entry.id} was answered ${JSON.stringify({ ...outcome, entry: undefined })}`;
  if (outcome.status === 'fenced') {
    return stands?.hash === entry.hash ? [`${told} and stands at ${stands.number}`] : [];
  }
  if (!stands) return [`${told} and does not stand`];
  const first = outcome.status === 'recorded';
  if (!first && world.traffic.timesSent(key, entry.id) === 1) return [`${told}, but sent once`];
  const same = stands.hash === entry.hash;
  const right = stands.number === outcome.number && same === (outcome.status !== 'conflict');
  return right ? [] : [`${told}; at ${stands.number} stands ${stands.hash}, not ${entry.hash}`];
}

/** The fold is the log added up, and what was granted and used stays within the limit. */
function foldBroken(world: World, key: CustomerKey, groups: readonly LogGroup[]): string[] {
  const customer = world.customer(key);
  const { state, holds } = customer;
  let events = 0;
  let settled = 0;
  for (const entry of groups.flatMap(({ entries }) => entries)) {
    if (entry.kind === 'usage') events += entry.quantities['tokens'] ?? 0;
    if (entry.kind === 'void') events -= entry.quantities['tokens'] ?? 0;
    if (entry.kind !== 'settle') continue;
    for (const { used } of entry.parts) settled += used['images'] ?? 0;
  }
  const broken: string[] = [];
  if (state.halted !== null) broken.push(`halted: ${state.halted}`);
  if (state.mark !== groups.length) broken.push(`mark ${state.mark}, head ${groups.length}`);
  const tokens = customer.total('tokens');
  const images = customer.total('images');
  if (tokens !== events) broken.push(`folded ${tokens} tokens, the log has ${events}`);
  if (images !== settled) broken.push(`folded ${images} settled, the log has ${settled}`);
  broken.push(...endsBroken(holds.ended, groups));
  if (settled > world.limit) broken.push(`settled ${settled} of ${world.limit}`);
  return broken;
}

/** Every settle of the log has ended its holds, once. */
function endsBroken(ended: readonly string[], groups: readonly LogGroup[]): string[] {
  const named = groups
    .flatMap(({ entries }) => entries)
    .flatMap((entry) => (entry.kind === 'settle' ? entry.parts : []))
    .flatMap(({ hold }) => hold ?? []);
  const [folded, stand] = [ended, named].map((holds) => [...holds].sort().join());
  return folded === stand ? [] : [`folded the end of ${folded}, the log ends ${stand}`];
}
