import { meterOf } from '../branches.js';
import type { CatalogueFault, Meter } from '../catalogue.js';
import { at, fault } from './fault.js';

type Meters = Readonly<Record<string, Meter>>;

/** Meters derived from themselves: each cycle once, told at the first of its meters. */
export function cycleFaults(meters: Meters): CatalogueFault[] {
  const told = new Set<string>();
  const faults: CatalogueFault[] = [];
  for (const id of Object.keys(meters)) {
    const cycle = cycleFrom(meters, id);
    if (!cycle || told.has(id)) continue;
    for (const member of cycle) told.add(member);
    const field = meterOf(meters, id)?.rates ? 'rates' : 'of';
    const text = [...cycle, id].join(' -> ');
    faults.push(fault(at(at('meters', id), field), text, 'is derived from itself'));
  }
  return faults;
}

/** The shortest way from a meter back to itself, or null. */
function cycleFrom(meters: Meters, start: string): string[] | null {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const meter = meterOf(meters, way.at(-1) ?? start);
    const members = [...(meter?.of ?? []), ...(meter?.rates ?? []).map((rate) => rate.meter)];
    if (members.includes(start)) return way;
    for (const member of members) {
      if (seen.has(member)) continue;
      seen.add(member);
      ways.push([...way, member]);
    }
  }
  return null;
}
