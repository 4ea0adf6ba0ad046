import { holdName, readHoldName } from '../../billing/holds/name.js';
import type { Reservation } from '../../billing/holds/settlement.js';
import { NumberReader, writeNumber } from './wholeNumbers.js';

/**
 * Everything about a reservation out of a lease as a text of `A-Z a-z 0-9 _ - . ~`, as short as
 * it gets: it is the reservation's id. `NUMBERS~METER…~USER~NAME~VALUE…`
 */

/** What the text carries: its id, which is this text, stands for the hash of what was asked. */
export interface Leased extends Omit<Reservation, 'id' | 'hash' | 'isLeased'> {
  /** Of this reservation among those of its lease, from 1. */
  readonly number: number;
  /** Customer's time, ms. */
  readonly expiresAtMs: number;
}

/** Ids of leases that a process asks for: random, as their names tell the grant besides. */
const LEASE_ID = /^l_[A-Za-z0-9_-]{8}$/;

const LEASE_BYTES = 6;
const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The text of a leased reservation; null where its lease has another kind of id. */
export function leasedText(leased: Leased): string | null {
  const name = readHoldName(leased.hold);
  if (!name || !LEASE_ID.test(name.id)) return null;
  const { number, since, grantedAtMs, expiresAtMs, quantities, user, properties } = leased;
  const meters = Object.keys(quantities);
  const bytes = Array.from(Buffer.from(name.id.slice(2), 'base64url'));
  const life = expiresAtMs - grantedAtMs;
  const numbers = [name.serial, name.epoch, number, since, grantedAtMs, life, meters.length];
  for (const value of numbers) writeNumber(bytes, value);
  for (const meter of meters) writeNumber(bytes, quantities[meter] ?? 0);
  const texts = Object.entries(properties).flatMap(([key, value]) => [key, written(value)]);
  return [base64(bytes), ...meters, user === null ? '.' : written(user), ...texts].join('~');
}

/** A leased reservation from its text; null for a text of another make. */
export function readLeasedText(text: string): Leased | null {
  const [head = '', ...texts] = text.split('~');
  const bytes = Buffer.from(head, 'base64url');
  const reader = new NumberReader(bytes, LEASE_BYTES);
  const numbers = Array.from({ length: 7 }, () => reader.next());
  const [serial, epoch, number, since, grantedAtMs, life, count] = numbers as [
    number, number, number, number, number, number, number,
  ];
  if (numbers.some(Number.isNaN) || count >= texts.length) return null;
  const meters = texts.slice(0, count);
  const quantities = Object.fromEntries(meters.map((meter) => [meter, reader.next()]));
  const user = texts[count] === '.' ? null : read(texts[count] ?? '');
  const properties = pairs(texts.slice(count + 1));
  if (!reader.isDone || !properties) return null;
  const id = `l_${base64(bytes.subarray(0, LEASE_BYTES))}`;
  const hold = holdName({ id, serial, epoch });
  const expiresAtMs = grantedAtMs + life;
  return { hold, number, since, grantedAtMs, expiresAtMs, quantities, user, properties };
}

function pairs(texts: readonly string[]): Record<string, string> | null {
  if (texts.length % 2 === 1) return null;
  const names = texts.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [name, read(texts[2 * index + 1] ?? '')]));
}

function base64(bytes: readonly number[] | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** Any text in letters that an id may have: UUIDs in 24 characters, most others as they are. */
function written(text: string): string {
  const hex = UUID.test(text) ? text.replaceAll('-', '') : null;
  if (hex !== null) return `.u${Buffer.from(hex, 'hex').toString('base64url')}`;
  return PLAIN.test(text) ? text : `.t${Buffer.from(text).toString('base64url')}`;
}

function read(text: string): string {
  if (text.startsWith('.t')) return Buffer.from(text.slice(2), 'base64url').toString();
  if (!text.startsWith('.u')) return text;
  const hex = Buffer.from(text.slice(2), 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
