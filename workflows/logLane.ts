import { condition, log, sleep } from '@temporalio/workflow';
import { firstAhead, foldStretch, needsHeal, neededRevision } from '../billing/customer/fold.js';
import { logActs } from './acts.js';
import type { Life } from './life.js';

/** Wait after a heal that failed all its attempts; real time. */
const HEAL_AGAIN_MS = 2_000;

/** Reads what the fold has not seen, in pages, whenever the log is known to go further. */
export async function keepHealed(life: Life): Promise<void> {
  while (!life.draining) {
    await condition(() => life.draining || needsHeal(life.state));
    if (life.draining) return;
    try {
      await healOnce(life);
    } catch (error) {
      log.warn('heal failed', { error: String(error) });
      await condition(() => life.draining, HEAL_AGAIN_MS);
    }
  }
}

async function healOnce(life: Life): Promise<void> {
  const from = life.state.mark + 1;
  const page = await logActs(`log from ${from}`).readLog({
    key: life.state.key,
    from,
    before: firstAhead(life.state),
    catalogue: neededRevision(life.state),
  });
  // Against the mark as it was: messages may have moved it past a head read before them.
  if (page.missing !== null || page.head < from - 1) {
    const what = page.missing ?? `head ${page.head} below mark ${from - 1}`;
    log.error('the log contradicts itself; all stops', { what });
    life.state = { ...life.state, halted: `log number missing: ${what}` };
    return;
  }
  for (const stretch of page.stretches) life.state = foldStretch(life.state, stretch);
  const synced = life.state.synced || life.state.mark >= page.head;
  life.state = { ...life.state, synced, head: Math.max(life.state.head, page.head) };
  // A page that brought nothing new while the head is ahead: its writer is still at work.
  const stuck = life.state.mark < from && life.state.mark < life.state.head;
  if (stuck) await sleep(50, { summary: 'a writer is at work' });
}
