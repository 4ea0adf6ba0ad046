import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { awaitedBeforeDeletion } from '../../billing/deletion/awaited.js';
import { keptValues } from '../../billing/deletion/erasure.js';
import type { CustomerKey } from '../../billing/log.js';
import type { Ledger } from '../../ledger/contract.js';
import type { DeletionOutcome } from '../../workflows/messages.js';
import { tellHead } from '../customerWorkflow.js';
import { guarded } from '../guarded.js';
import { standingOf } from '../reconcile/standing.js';
import type { DeletionActivities } from './contract.js';
import { forgetWorkflows } from './forgetWorkflows.js';

/** One activity goes on for so long, then tells where to go on; its limit is 2 minutes. */
const ERASING_MS = 20_000;

/** What a deletion stands on. */
interface DeletionDeps {
  readonly ledger: Ledger;
  readonly client: Client;
}

/** The steps of a deletion but for Stripe's. */
export function createDeletionActivities(deps: DeletionDeps): DeletionActivities {
  const { deletions } = deps.ledger;
  return guarded<DeletionActivities>({
    fenceCustomer: ({ key }) => fenceCustomer(deps, key),
    hideCustomer: ({ key }) => deletions.hide(key),
    eraseLog: ({ key, from }) => eraseLog(deps.ledger, key, from),
    eraseCopies: ({ key }) => deletions.eraseCopies(key),
    forgetWorkflows: ({ key }) => forgetWorkflows(deps.client, key),
    finishDeletion: ({ key }) => deletions.finish(key),
  });
}

async function fenceCustomer(
  { ledger, client }: DeletionDeps,
  key: CustomerKey,
): Promise<DeletionOutcome> {
  const { deletions, log } = ledger;
  if (await deletions.isFenced(key)) return { awaited: [] };
  const head = await log.head(key);
  const state = await standingOf(client, key);
  if (!state || state.mark < head) {
    await tellHead(client, key, head);
    throw notYet(`${key.customer} is being told of its log`);
  }
  const awaited = awaitedBeforeDeletion(state);
  if (awaited.length > 0) return { awaited };
  const outcome = await deletions.fence(key, state.mark + 1);
  if (outcome === 'stored') return { awaited };
  throw notYet(`the log of ${key.customer} goes on, or did not answer`);
}

function notYet(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'not_yet' });
}

async function eraseLog({ catalogues, deletions }: Ledger, key: CustomerKey, from: number) {
  const published = await catalogues.newest(key.mode);
  if (!published) throw new Error(`no catalogue is published in ${key.mode} mode`);
  const kept = keptValues(published);
  const endsAt = performance.now() + ERASING_MS;
  let next: number | null = from;
  do next = await deletions.eraseGroups(key, next, kept);
  while (next !== null && performance.now() < endsAt);
  return { next };
}
