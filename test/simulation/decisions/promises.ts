import { settledAnswer } from '../../../billing/holds/settledAnswer.js';
import type { LogGroup, SettleEntry } from '../../../billing/log.js';
import { fencesBroken, repeats } from '../promises.js';
import { keyUnder, settledBy, settledIn, sumsOf, tokensIn } from './naive.js';
import { KEY } from './plan.js';
import { restBroken } from './restPromises.js';
import type { ToldEnd, Truth } from './truth.js';
import type { World } from './world.js';

/** All that a world has broken, on its way and at rest, in words. */
export function brokenPromises(world: World): readonly string[] {
  const log = world.database.log(KEY);
  const { groups } = log;
  const settles = settlesIn(groups);
  const { state } = world.workflow;
  return [
    ...world.truth.broken,
    ...log.gaps.map((number) => `number ${number} landed above a gap`),
    ...repeats(groups),
    ...fencesBroken(groups),
    ...limitsBroken(world, groups),
    ...holdsBroken(world, settles),
    ...endsBroken(world.truth, settles),
    ...writeOffsBroken(world.truth, settles, groups),
    ...extensionsBroken(world, groups),
    ...drawsBroken(world, groups),
    ...restBroken(state, groups),
  ];
}

interface Standing {
  readonly number: number;
  readonly entry: SettleEntry;
  /** The reservation's id. */
  readonly id: string;
}

function settlesIn(groups: readonly LogGroup[]): Standing[] {
  return groups.flatMap(({ number, entries }) =>
    entries.flatMap((entry) => {
      if (entry.kind !== 'settle') return [];
      return [{ number, entry, id: entry.id.slice('settle/'.length).replace(/~$/, '') }];
    }),
  );
}

/** What settles have used, by window and key, is within the limit as it was at first. */
function limitsBroken({ limits }: World, groups: readonly LogGroup[]): string[] {
  return [...sumsOf(limits, settledIn(groups))]
    .filter(([, { sum, limit }]) => sum > (limit.max ?? 0))
    .map(([key, { sum, limit }]) => `settled ${key}: ${sum} of ${limit.max}`);
}

/** No hold is used for more than it was; one that is no lease, once; an entry names it once. */
function holdsBroken(world: World, settles: readonly Standing[]): string[] {
  const { truth } = world;
  const broken: string[] = [];
  const used = new Map<string, number>();
  for (const { entry } of settles) {
    const names = entry.parts.flatMap(({ hold }) => hold ?? []);
    if (new Set(names).size < names.length) broken.push(`${entry.id} names a hold twice`);
    for (const part of entry.parts) {
      if (part.hold === null) continue;
      used.set(part.hold, (used.get(part.hold) ?? 0) + tokensIn(part.used));
    }
  }
  broken.push(...settles.flatMap(({ entry }) => placesBroken(world, entry)));
  for (const [name, sum] of used) {
    const hold = truth.holds.get(name);
    if (!hold) broken.push(`${name} was never granted`);
    else if (sum > tokensIn(hold.largest)) {
      broken.push(`${name} held ${tokensIn(hold.largest)}, ${sum} were used of it`);
    }
  }
  return broken;
}

/** Usage of a caller's lease stands as it was told, within the one hold that was had for it. */
function drawsBroken({ truth }: World, groups: readonly LogGroup[]): string[] {
  const entries = groups.flatMap((group) => group.entries);
  const stands = new Map(entries.map((entry) => [entry.id, JSON.stringify(entry)]));
  const untold = truth.acknowledged.filter(
    ({ id, entry }) => stands.get(id) !== JSON.stringify(entry),
  );
  const beyond = entries.flatMap((entry) => {
    if (entry.kind !== 'usage' || !entry.drawn?.hold) return [];
    const { hold: name, used } = entry.drawn;
    const hold = truth.holds.get(name);
    const isHad = hold && tokensIn(used) <= tokensIn(hold.largest);
    return isHad && entry.atMs === hold.grantedAtMs ? [] : [`${entry.id} does not fit ${name}`];
  });
  return [...untold.map(({ id }) => `${id} does not stand as it was told`), ...beyond];
}

/** What is used of a hold counts where the hold was debited: its windows, user and class. */
function placesBroken({ truth, limits }: World, entry: SettleEntry): string[] {
  return entry.parts.flatMap((part) => {
    const hold = part.hold === null ? undefined : truth.holds.get(part.hold);
    const [counted] = settledBy({ ...entry, parts: [part] });
    if (!hold || !counted || counted.tokens + counted.requests === 0) return [];
    const debited = { ...hold, atMs: hold.grantedAtMs, tokens: 0, requests: 0 };
    return limits.flatMap((limit) => {
      const [here, there] = [counted, debited].map((usage) => keyUnder(limit, usage));
      return here === there ? [] : [`${entry.id} counts in ${here}, ${hold.name} in ${there}`];
    });
  });
}

/** One end for each reservation, and what callers were told is what stands. */
function endsBroken(truth: Truth, settles: readonly Standing[]): string[] {
  const broken: string[] = [];
  const byId = new Map<string, Standing>();
  for (const settle of settles) {
    if (byId.has(settle.id)) broken.push(`${settle.id} has two ends`);
    byId.set(settle.id, settle);
  }
  const committed = new Set(idsTold(truth.told, 'committed'));
  for (const id of idsTold(truth.told, 'released')) {
    if (committed.has(id)) broken.push(`${id} was committed and released`);
  }
  for (const told of truth.told) broken.push(...toldBroken(told, byId.get(told.id)));
  return broken;
}

function idsTold(told: readonly ToldEnd[], status: string): string[] {
  return told.filter(({ ending }) => ending?.status === status).map(({ id }) => id);
}

function toldBroken({ id, asked, ending }: ToldEnd, stands: Standing | undefined): string[] {
  if (ending?.status === 'expired') return [];
  if (!stands) return [`${id} was told an end, none stands`];
  const answer = settledAnswer(stands.entry, asked);
  const said = answer.type === 'ended' ? answer : null;
  const same =
    said === null
      ? ending === null
      : ending !== null &&
        ending.status === said.status &&
        JSON.stringify(ending.committed) === JSON.stringify(said.committed) &&
        JSON.stringify(ending.writeOff) === JSON.stringify(said.writeOff);
  return same ? [] : [`${id}: ${asked} was told ${JSON.stringify(ending)}, not what stands`];
}

/** What was reserved is written off only where a fence had ended the hold (or another class). */
function writeOffsBroken(
  truth: Truth,
  settles: readonly Standing[],
  groups: readonly LogGroup[],
): string[] {
  return settles.flatMap(({ id, number, entry }) => {
    const given = truth.given.get(id);
    const written = entry.parts.some(({ writeOff }) => tokensIn(writeOff) > 0);
    // An own hold stands there, be it a lease's or one that an extension took its place with.
    const named = entry.parts.some(({ hold }) => hold !== null && !hold.startsWith(`${id}+`));
    if (!written || !given || named || hasEnded(given.hold, groups.slice(0, number - 1))) return [];
    return [`${entry.id} at ${number}: written off, and ${given.hold} had not ended`];
  });
}

function hasEnded(hold: string, groups: readonly LogGroup[]): boolean {
  const epoch = Number(hold.slice(hold.lastIndexOf('@') + 1));
  return groups.some(({ number, entries }) =>
    entries.some((entry) => {
      if (entry.kind !== 'fence') return false;
      if (entry.fence.type === 'epoch') return number > epoch;
      return entry.fence.type === 'expired' && entry.fence.holds.includes(hold);
    }),
  );
}

/** No fence lists a hold before the time that its holder was told last. */
function extensionsBroken({ truth, fencedAtMs }: World, groups: readonly LogGroup[]): string[] {
  return groups.flatMap(({ entries }) =>
    entries.flatMap((entry) => {
      if (entry.kind !== 'fence' || entry.fence.type !== 'expired') return [];
      const atMs = fencedAtMs.get(entry.id) ?? Infinity;
      return entry.fence.holds.flatMap((name) => {
        const expiresAtMs = truth.holds.get(name)?.expiresAtMs ?? 0;
        return atMs < expiresAtMs ? [`${entry.id} ends ${name} too early`] : [];
      });
    }),
  );
}
