import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StackProcess } from '../../cli/runningStack.js';
import { openLedger } from '../../ledger/open.js';
import { CATALOGUE } from '../lives/catalogue.js';
import { allFaults } from '../lives/oracle/allFaults.js';
import { factsOf } from '../lives/oracle/facts.js';
import { scriptOf, type Script } from '../lives/script.js';
import { livesFrom } from '../lives/settings.js';
import { Chance } from '../simulation/chance.js';
import { startStack, type TestStack } from '../stack.js';
import { HttpLife } from './httpLife.js';
import { accountOf, ledgerRemains, type LedgerRemains } from './lifeRemains.js';
import { roundsLimitMs, roundsOf } from './settings.js';

/** Lives on a real stack whose processes are killed -9 meanwhile: not a cent differs. */

/** Lives: two in the suite; DURABILL_TEST_ROUNDS=200 for what a release is tried with. */
const LIVES = roundsOf(2);

/** More at once wait for each other on two cores. */
const AT_ONCE = 8;

/** The lives are the same every time (DURABILL_TEST_LIFE: others); which process dies is not. */
const FIRST_SEED = livesFrom(77, LIVES).first;

const EACH_MS = 400_000;

const VICTIMS: readonly StackProcess[] = ['api', 'worker', 'temporal', 'ledger'];

/** Between a process that is back and the next that dies. */
const PAUSE_MS_MIN = 6_000;
const PAUSE_MS_MAX = 25_000;

jest.setTimeout(roundsLimitMs(LIVES, EACH_MS));

/** A life that is billed monthly or yearly: of the others a real stack has for days to do. */
function scriptFrom(seed: number): Script {
  const script = scriptOf(seed);
  return /daily|weekly/.test(script.plan) ? scriptFrom(seed + 1_000_003) : script;
}

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durabill-lives-'));
  const catalogue = join(folder, 'lives.catalogue.json');
  await writeFile(catalogue, JSON.stringify(CATALOGUE));
  stack = await startStack({ environment: { DURABILL_CATALOGUE: catalogue } });
});

afterAll(async () => {
  await stack.stop();
  await rm(stack.folder, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
});

/** One process after another dies, until all is lived. */
async function kill(seed: number, isOver: () => boolean): Promise<number> {
  const chance = new Chance(seed);
  for (let kills = 0; ; kills += 1) {
    const overMs = Date.now() + chance.whole(PAUSE_MS_MIN, PAUSE_MS_MAX);
    while (Date.now() < overMs && !isOver()) await wait(100);
    if (isOver()) return kills;
    await stack.kill(chance.pick(VICTIMS));
  }
}

async function liveAll(lives: readonly HttpLife[]): Promise<void> {
  const waiting = [...lives];
  const live = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      await next.play();
      process.stderr.write(`lived ${next.script.seed} (${next.script.plan})\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, live));
}

/** Read while the ledger runs; then the stack stops, and the sandbox's disk is read. */
async function remainsOf(lives: readonly HttpLife[]): Promise<readonly LedgerRemains[]> {
  const ledger = await openLedger({ uri: stack.mongodb });
  try {
    return await Promise.all(lives.map(({ customer }) => ledgerRemains(ledger, customer)));
  } finally {
    await ledger.close();
    await stack.stop({ keepFolder: true });
  }
}

it('bills every life as its log has it, whatever dies meanwhile', async () => {
  const lives = Array.from(
    { length: LIVES },
    (_none, at) => new HttpLife(stack, `life-${at}`, scriptFrom(FIRST_SEED + at)),
  );
  let isOver = false;
  const kills = kill(jest.getSeed(), () => isOver);
  try {
    await liveAll(lives);
  } finally {
    isOver = true;
  }
  const count = await kills;
  const remains = await remainsOf(lives);
  const faults = remains.flatMap(({ stripeCustomer, ...left }, at) => {
    const account = accountOf(stack.folder, stripeCustomer);
    const { seed: own, plan } = lives[at]?.script ?? { seed: at, plan: '' };
    const found = allFaults(factsOf({ ...left, account }));
    return found.map((fault) => `life ${own} (${plan}): ${fault}`);
  });
  expect(faults).toEqual([]);
  process.stderr.write(`${LIVES} lives from seed ${FIRST_SEED}, ${count} kills -9 among them\n`);
});
