import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { LogGroup } from '../../billing/log.js';
import { tsxProgram } from '../../cli/tsxProgram.js';
import { spawnWatched, type WatchedChild } from '../../dev/servers/childProcess.js';
import type { Ledger } from '../../ledger/contract.js';
import { openLedger } from '../../ledger/open.js';
import { startServers, type TestServers } from '../stack.js';
import { event, keyOf } from './entries.js';
import type { AnsweredBatch } from './writerProcess.js';

const ROUNDS = 20;
const SERVER_KILLS = 3;

/** A process starts and has two batches answered within this time. */
const ANSWERS_MS_MAX = 30_000;

/** One of several processes that write a customer's log, killed and started again. */
class WritingProcess {
  readonly answered: AnsweredBatch[] = [];
  private child: WatchedChild | null = null;
  private lines: Interface | null = null;

  constructor(
    private readonly name: string,
    private readonly uri: string,
    private readonly customer: string,
  ) {}

  /** Begins with the first batch that was never answered: its fate is unknown. */
  start(): void {
    const next = String((this.answered.at(-1)?.batch ?? -1) + 1);
    const file = 'test/ledger/writerProcess.ts';
    const { command, args } = tsxProgram(file, this.uri, this.customer, this.name, next);
    this.child = spawnWatched(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (!this.child.process.stdout) throw new Error('no output to read');
    this.lines = createInterface(this.child.process.stdout);
    this.lines.on('line', (line) => this.answered.push(JSON.parse(line) as AnsweredBatch));
  }

  /** Waits for so many more answered batches. */
  async answers(more: number): Promise<void> {
    const goal = this.answered.length + more;
    const signal = AbortSignal.timeout(ANSWERS_MS_MAX);
    while (this.answered.length < goal) {
      if (!this.lines) throw new Error(`${this.name} was not started`);
      await once(this.lines, 'line', { signal });
    }
  }

  async kill(): Promise<void> {
    this.child?.process.kill('SIGKILL');
    await this.child?.ended;
  }
}

async function writeAndKill(processes: readonly WritingProcess[]): Promise<void> {
  for (const one of processes) one.start();
  for (let round = 0; round < ROUNDS; round += 1) {
    const [doomed, other] = round % 2 === 0 ? processes : [...processes].reverse();
    await Promise.all([doomed?.answers(2), other?.answers(2)]);
    await doomed?.kill();
    doomed?.start();
  }
  await Promise.all(processes.map((one) => one.answers(2)));
}

async function wholeLog(ledger: Ledger, customer: string): Promise<readonly LogGroup[]> {
  const groups: LogGroup[] = [];
  for (;;) {
    const page = await ledger.log.groups(keyOf(customer), groups.length + 1, 1_000);
    if (page.length === 0) return groups;
    groups.push(...page);
  }
}

/** Numbers without a gap, every id once; answers where each id stands. */
function checkedPlaces(groups: readonly LogGroup[]): ReadonlyMap<string, number> {
  expect(groups.map(({ number }) => number)).toEqual(groups.map((_, index) => index + 1));
  const places = new Map<string, number>();
  for (const { number, entries } of groups) {
    for (const { id } of entries) {
      expect(places.get(id)).toBeUndefined();
      places.set(id, number);
    }
  }
  return places;
}

describe('the log under kill -9', () => {
  let servers: TestServers;
  let ledger: Ledger;

  beforeAll(async () => {
    servers = await startServers({ temporal: false });
    ledger = await openLedger({ uri: servers.mongodbUri });
  }, 60_000);
  afterAll(async () => {
    await ledger?.close();
    await servers?.stop();
  }, 30_000);

  it(`two processes write one customer, one of them killed, ${ROUNDS} times: no gap, nothing
      twice, nothing acknowledged is lost`, async () => {
    const processes = ['p0', 'p1'].map((name) => {
      return new WritingProcess(name, servers.mongodbUri, 'two-writers');
    });
    try {
      await writeAndKill(processes);
    } finally {
      await Promise.all(processes.map((one) => one.kill()));
    }
    const places = checkedPlaces(await wholeLog(ledger, 'two-writers'));
    const answers = processes.flatMap(({ answered }) => answered.flatMap((one) => one.answers));
    const misplaced = answers.filter(({ id, number }) => places.get(id) !== number);
    expect(misplaced).toEqual([]);
    expect(answers.some(({ status }) => status === 'conflict')).toBe(false);
    const writers = new Set([...places.keys()].map((id) => id.slice(0, 2)));
    expect(writers).toEqual(new Set(['p0', 'p1', 'sh']));
  }, 180_000);

  it(`the ledger itself killed while writing, ${SERVER_KILLS} times: the same`, async () => {
    const acknowledged = new Map<string, number>();
    let writing = true;
    const write = async (name: string) => {
      for (let serial = 0; writing; serial += 1) {
        const ids = [0, 1, 2].map((index) => `${name}-${serial}-${index}`);
        const entries = ids.map((id) => event(1, { id, hash: id }));
        const outcomes = await ledger.writer.append(keyOf('server'), entries);
        outcomes.forEach((outcome, index) => {
          if ('number' in outcome) acknowledged.set(ids[index] as string, outcome.number);
        });
      }
    };
    const writers = Promise.all(['a', 'b', 'c', 'd'].map(write));
    for (let kill = 0; kill < SERVER_KILLS; kill += 1) {
      const before = acknowledged.size;
      while (acknowledged.size < before + 60) await new Promise(setImmediate);
      await servers.kill('ledger');
    }
    const before = acknowledged.size;
    while (acknowledged.size < before + 60) await new Promise(setImmediate);
    writing = false;
    await writers;
    const places = checkedPlaces(await wholeLog(ledger, 'server'));
    const lost = [...acknowledged].filter(([id, number]) => places.get(id) !== number);
    expect(lost).toEqual([]);
    expect(places.size).toBe(acknowledged.size);
  }, 90_000);
});
