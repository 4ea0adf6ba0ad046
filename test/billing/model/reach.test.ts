import * as fc from 'fast-check';
import type { World } from './world.js';
import { play, WEIGHTS } from './run.js';
import { type Script, scripts } from './script.js';

/** Runs that are looked into. */
const RUNS = 60;

const sample = (): Script[] => fc.sample(scripts(WEIGHTS, 200), { seed: 7, numRuns: RUNS });

/** What the worlds of some runs came to, counted. */
function counted(): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const script of sample()) look(play(script), add);
  return counts;
}

function look(world: World, add: (what: string) => void): void {
  for (const answer of world.answered) {
    add(answer.type === 'denied' ? answer.denial.code : answer.type);
  }
  for (const { entries } of world.ledger.groups) {
    for (const entry of entries) {
      if (entry.kind === 'fence') add(entry.fence.type);
      if (entry.kind === 'command') add(entry.command.type);
      if (entry.kind === 'settle') add(entry.parts.length > 1 ? 'extra' : entry.outcome);
      if (entry.kind === 'settle' && entry.parts.some(({ hold }) => hold === null)) add('late');
      if (entry.kind === 'void') add('void');
    }
  }
  for (const key of world.raised) add(key.split('/')[0] ?? '');
  for (const segment of world.state.segments) {
    add(segment.stage);
    if (Object.keys(segment.late).length > 0) add('late usage');
    for (const { deadLetter } of Object.values(segment.reports)) if (deadLetter > 0) add('dead');
  }
}

/** A run in which nothing happens proves nothing: each of these must come up many times. */
const MET: readonly string[] = [
  ...['granted', 'conflict', 'gone', 'later', 'not_in_plan', 'customer_frozen', 'limit_reached'],
  ...['rate_limited', 'held_by_concurrent_requests', 'overage_blocked', 'credits_exhausted'],
  ...['spend_limit_reached', 'expired', 'epoch', 'closed', 'subscribed', 'controls', 'ceiling'],
  ...['credits', 'committed', 'released', 'cacheHit', 'extra', 'late', 'void', 'late usage'],
  ...['dead', 'billed', 'inReview', 'empty'],
  ...['limit.reached', 'spend.softReached', 'credits.low', 'customer.frozen'],
  ...['invoice.inReview', 'invoice.finalized', 'invoice.paid', 'report.deadLetter'],
];

describe('the modelled worlds', () => {
  it('meet everything that can happen', () => {
    const counts = counted();
    const rare = MET.filter((what) => (counts.get(what) ?? 0) < 3);
    expect(rare).toEqual([]);
  }, 60_000);

  it('are the same for the same script', () => {
    const [script] = sample();
    const texts = [0, 1].map(() => {
      const { state, ledger } = play(script as Script);
      return JSON.stringify([state, ledger.groups]);
    });
    expect(texts[0]).toBe(texts[1]);
  });
});
