import { hash } from 'node:crypto';
import type { CommandEntry } from '../../billing/log.js';
import type { Command } from '../../billing/command.js';
import { canonicalJson } from '../../billing/canonical.js';

/** Entries of the log that ask something of a customer. */

/**
 * Id of the command that makes a customer. There is one in each log: the unique index decides
 * who makes a customer that several requests want to make at once.
 */
export const FIRST_COMMAND = 'command/first';

/**
 * A command as it stands in the log. `id` begins with `command/` or `credit/`. `asked`: what tells
 * two asks under one id apart, where that is not the whole command.
 */
export function commandEntry(id: string, command: Command, asked?: unknown): CommandEntry {
  const content = hash('sha256', canonicalJson(asked ?? command), 'base64url');
  return { kind: 'command', id, command, hash: content };
}

/** A `customer` command. */
export function customerCommand(
  id: string,
  asked: Omit<Extract<Command, { type: 'customer' }>, 'type'>,
): CommandEntry {
  return commandEntry(id, { type: 'customer', ...asked });
}

/** Name of a command under an Idempotency-Key: the same key asks once. */
export function commandId(idempotencyKey: string | null, random: string): string {
  if (idempotencyKey === null) return `command/${random}`;
  return `command/key-${hash('sha256', idempotencyKey, 'base64url')}`;
}
