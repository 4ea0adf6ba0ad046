import { condition, log, sleep } from '@temporalio/workflow';
import type { Effect } from '../billing/customer/change.js';
import { healEffects } from '../billing/customer/due.js';
import { logActs } from './acts.js';
import { happen, wanted, type Life } from './life.js';

/** Wait after a heal that failed all its attempts; real time. */
const HEAL_AGAIN_MS = 2_000;

type Heal = Extract<Effect, { type: 'heal' }>;

/** Reads what the fold has not seen, in pages, whenever the log is known to go further. */
export async function keepHealed(life: Life): Promise<void> {
  while (!life.draining) {
    const due = () => wanted(healEffects(life.state), 'heal');
    await condition(() => life.draining || due() !== undefined);
    const heal = due();
    if (life.draining || !heal) return;
    try {
      await healOnce(life, heal);
    } catch (error) {
      log.warn('heal failed', { error: String(error) });
      await condition(() => life.draining, HEAL_AGAIN_MS);
    }
  }
}

async function healOnce(life: Life, { from, before, catalogue, apart }: Heal): Promise<void> {
  const page = await logActs(`log from ${from}`).readLog({
    key: life.state.key,
    from,
    before,
    catalogue,
    ...(apart ? { apart } : {}),
  });
  // Against the mark as it was: messages may have moved it past a head read before them.
  if (page.missing !== null || page.head < from - 1) {
    const missing = String(page.missing ?? `head ${page.head} below mark ${from - 1}`);
    log.error('the log contradicts itself; all stops', { missing });
    happen(life, { type: 'head', head: page.head, missing });
    return;
  }
  for (const stretch of page.stretches) happen(life, { type: 'stretch', stretch });
  happen(life, { type: 'head', head: page.head, missing: null });
  // A page that brought nothing new while the head is ahead: its writer is still at work.
  const stuck = life.state.mark < from && life.state.mark < life.state.head;
  if (stuck) await sleep(50, { summary: 'a writer is at work' });
}
