import { ApplicationFailure } from '@temporalio/common';
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
    writeCommand: async ({ key, id, command }) => {
      const hash = contentHash(command);
      return writeOnce(ledger, key, { kind: 'command', id: `command/${id}`, command, hash });
    },
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
