import { condition, log, workflowInfo } from '@temporalio/workflow';
import type { Effect } from '../billing/customer/change.js';
import { logActs } from './acts.js';
import { createAlarm } from './alarm.js';
import { happen, has, wanted, type Life } from './life.js';
import { waitForMark } from './party.js';

/** Wait after a write that failed all its attempts; real time. */
const WRITE_AGAIN_MS = 1_000;

type Write = Extract<Effect, { type: 'writeFence' | 'writeCommand' }>;

function isWrite(effect: Effect): effect is Write {
  return effect.type === 'writeFence' || effect.type === 'writeCommand';
}

/**
 * Writes into the log what the state itself wants to stand there: the fences that end holds and
 * begin epochs, the breaker's freeze. Part of the log lane: it never waits for Stripe.
 */
export async function keepWriting(life: Life): Promise<void> {
  if (!has(life, 'writes')) return;
  const alarm = createAlarm('holds end');
  const { runId } = workflowInfo();
  while (!life.draining) {
    const effects = happen(life, { type: 'time', realNowMs: Date.now(), random: runId });
    const seen = life.state;
    const writes = effects.filter(isWrite);
    if (writes.length > 0) {
      await attempt(life, writes);
      continue;
    }
    const isHolding = seen.holds.nextEndMs !== null;
    alarm.set(isHolding ? (wanted(effects, 'wakeAt')?.realMs ?? null) : null);
    await condition(() => life.draining || alarm.rung() || seen !== life.state);
  }
  alarm.set(null);
}

async function attempt(life: Life, writes: readonly Write[]): Promise<void> {
  try {
    for (const write of writes) await waitForMark(life, await numberOf(life, write));
  } catch (error) {
    log.warn('a write into the log failed', { error: String(error) });
    await condition(() => life.draining, WRITE_AGAIN_MS);
  }
}

async function numberOf(life: Life, write: Write): Promise<number> {
  const { key } = life.state;
  if (write.type === 'writeFence') {
    const { name, fence } = write;
    const { number } = await logActs(`fence ${name}`).writeFence({ key, name, fence });
    return number;
  }
  const { id, command } = write;
  const { number } = await logActs(`command ${id}`).writeCommand({ key, id, command });
  return number;
}
