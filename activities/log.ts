import { ApplicationFailure } from '@temporalio/common';
import type { Mode, PlanSnapshot } from '../billing/catalogue.js';
import type { Command } from '../billing/command.js';
import type { CommandEntry, CustomerKey, FenceEntry } from '../billing/log.js';
import type { InvoiceReason } from '../billing/invoice.js';
import type { Ledger } from '../ledger/contract.js';
import type { LogActivities } from './contract.js';
import { contentHash, sha256Hex } from './contentHash.js';
import { guarded } from './guarded.js';
import { readLog } from './readLog.js';

/** The activities on the log and our own collections, over one ledger. */
export function createLogActivities({ ledger }: { readonly ledger: Ledger }): LogActivities {
  return guarded<LogActivities>({
    readLog: (input) => readLog(ledger, input),
    writeFence: async ({ key, name, fence }) => {
      const hash = contentHash(fence);
      return writeOnce(ledger, key, { kind: 'fence', id: `fence/${name}`, fence, hash });
    },
    writeCommand: ({ key, id, command }) => writeCommandOnce(ledger, key, id, command),
    findPlan: ({ mode, plan }) => findPlan(ledger, mode, plan),
    saveCustomer: (row) => ledger.customers.save(row),
    saveInvoice: async ({ key, segment, invoice }) => {
      const id = invoiceId(key, invoice.reason, segment);
      await ledger.invoices.save(key, { ...invoice, id });
    },
  });
}

/** `inv_` + 24 hex of SHA-256(mode, customer, life, reason, segment index). */
export function invoiceId(key: CustomerKey, reason: InvoiceReason, segment: number): string {
  const content = [key.mode, key.customer, key.life, reason, segment];
  return `inv_${sha256Hex(JSON.stringify(content)).slice(0, 24)}`;
}

async function findPlan(ledger: Ledger, mode: Mode, id: string): Promise<PlanSnapshot> {
  const published = await ledger.catalogues.newest(mode);
  const found = published?.snapshots[`${id}@${published.newest[id]}`];
  if (found) return found;
  const message = `no plan ${id} is published in ${mode} mode`;
  throw ApplicationFailure.create({ message, type: 'unknown_plan' });
}

/** Writes a command under `command/ID`. @throws ApplicationFailure as `writeOnce`. */
export function writeCommandOnce(
  ledger: Ledger,
  key: CustomerKey,
  id: string,
  command: Command,
): Promise<{ readonly number: number }> {
  const hash = contentHash(command);
  return writeOnce(ledger, key, { kind: 'command', id: `command/${id}`, command, hash });
}

/**
 * @throws ApplicationFailure `conflict` when other content stands under the id: a name says what
 * it holds, so that is a fault of ours that no repeat mends.
 */
async function writeOnce(
  ledger: Ledger,
  key: CustomerKey,
  entry: CommandEntry | FenceEntry,
): Promise<{ readonly number: number }> {
  const [outcome] = await ledger.writer.append(key, [entry]);
  if (outcome?.status === 'recorded' || outcome?.status === 'duplicate') {
    return { number: outcome.number };
  }
  const standing = outcome?.status === 'conflict' ? `other content at ${outcome.number}` : 'fenced';
  const message = `${entry.id} of ${key.customer} can't be written: ${standing}`;
  throw ApplicationFailure.create({ message, type: 'conflict', nonRetryable: true });
}
