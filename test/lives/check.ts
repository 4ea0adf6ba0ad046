import type { LogEntry } from '../../billing/log.js';
import { allFaults } from './oracle/allFaults.js';
import { factsOf, type Remains } from './oracle/facts.js';
import { Life } from './life.js';
import { scriptOf, type Script } from './script.js';
import { restartIds } from './idsStandIn.js';
import { taleOf } from './tale.js';
import { beginTime, endTime } from './virtualTime.js';

/** Where real time stands when a life begins; its customer's own may lie years off. */
const REAL_MS = Date.UTC(2026, 2, 1);

/** What came of one life. */
export interface Outcome {
  readonly script: Script;
  /** What differs from the log, in words; none: all is as it should be. */
  readonly faults: readonly string[];
  /** How often things happened in it, by what they are. */
  readonly counts: Readonly<Record<string, number>>;
  readonly invoices: Remains['invoices'];
  /** All that happened; see `taleOf`. */
  readonly tale: string;
}

/** What a test changes of a life, to see its check fail. */
export interface Plant {
  readonly script?: (script: Script) => Script;
  readonly life?: (life: Life) => void;
  readonly remains?: (remains: Remains) => Remains;
}

function remainsOf({ world }: Life): Remains {
  return {
    groups: world.memory.groups,
    invoices: [...world.memory.invoices.values()],
    intents: world.memory.reports(),
    account: world.sandbox.account,
    untilMs: world.nowMs,
    published: world.published,
  };
}

function countsOf({ world }: Life, { groups, invoices }: Remains): Outcome['counts'] {
  const entries = groups.flatMap((group) => group.entries);
  const kinds = entries.map((entry) =>
    entry.kind === 'command' ? entry.command.type : entry.kind,
  );
  const count = (kind: (typeof kinds)[number]) => kinds.filter((one) => one === kind).length;
  const { sent } = world.line;
  return {
    events: count('usage'),
    voids: count('void'),
    'changes of plan': count('subscribed') + count('turned'),
    cancellations: count('ended'),
    'ends untold': entries.filter(isUntold).length,
    invoices: invoices.length,
    'late lines': invoices.flatMap(({ lines }) => lines).filter(isLate).length,
    'in review': invoices.filter(({ status }) => status === 'inReview').length,
    requests: sent.length,
    'of them faulty': sent.filter(({ fault }) => fault !== null).length,
  };
}

const isUntold = (entry: LogEntry) =>
  entry.kind === 'command' && entry.command.type === 'turned' && entry.command.untold === true;

const isLate = ({ ref }: { readonly ref: string }) => ref.startsWith('late/');

/** Lives one life and checks it; a life that comes to a stop is a fault of its own. */
export async function liveOnce(seed: number, plant: Plant = {}): Promise<Outcome> {
  const drawn = scriptOf(seed);
  const script = plant.script?.(drawn) ?? drawn;
  beginTime(REAL_MS);
  restartIds();
  try {
    const life = new Life(script);
    plant.life?.(life);
    const stopped = await life.play().then(() => null, asText);
    const remains = remainsOf(life);
    const seen = plant.remains?.(remains) ?? remains;
    const faults = stopped === null ? allFaults(factsOf(seen)) : [stopped];
    return {
      script,
      faults,
      counts: countsOf(life, remains),
      invoices: remains.invoices,
      get tale() {
        return taleOf(script, remains);
      },
    };
  } finally {
    endTime();
  }
}

function asText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What a failing life is shown by. */
export function shown({ script, faults }: Outcome): string {
  const { seed, plan } = script;
  return [`life ${seed} (${plan}):`, ...faults.slice(0, 6).map((fault) => `  ${fault}`)].join('\n');
}
