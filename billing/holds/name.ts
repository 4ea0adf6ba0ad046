import type { Hold } from './hold.js';

/** A hold's name, `ID#SERIAL@EPOCH`: it says which grant of an id is meant. */

/** What a name is made of. */
export interface HoldName {
  readonly id: string;
  readonly serial: number;
  readonly epoch: number;
}

/** `ID#SERIAL@EPOCH`. */
export function holdName({ id, serial, epoch }: HoldName): string {
  return `${id}#${serial}@${epoch}`;
}

/** The parts of a name; null for a text that is none. Ids may hold `#` and `@` themselves. */
export function readHoldName(name: string): HoldName | null {
  const match = /(.+)#([0-9]{1,15})@([0-9]{1,15})$/s.exec(name);
  if (!match) return null;
  const [, id, serial, epoch] = match;
  return { id: id as string, serial: Number(serial), epoch: Number(epoch) };
}

/** True when `name` means exactly this hold and no other grant of its id. */
export function isNamed(hold: Hold, name: HoldName): boolean {
  return hold.id === name.id && hold.serial === name.serial && hold.epoch === name.epoch;
}
