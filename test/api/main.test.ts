import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { tsxProgram } from '../../cli/tsxProgram.js';
import { startServers, type TestServers } from '../stack.js';

/** The process: says what is wrong with its settings, and stops cleanly whoever asks. */

let servers: TestServers;
const children: ChildProcess[] = [];

beforeAll(async () => {
  servers = await startServers({ temporal: false });
});

afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await servers.stop();
});

interface Started {
  readonly child: ChildProcess;
  output(): string;
}

function start(environment: NodeJS.ProcessEnv): Started {
  const { command, args } = tsxProgram('api/main.ts');
  const child = spawn(command, args, {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

/** Nobody listens at Temporal's address: the API must start all the same. */
async function startApi(): Promise<Started> {
  const started = start({
    PORT: '0',
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    MONGODB_URI: servers.mongodbUri,
    DURABILL_TOKEN_SECRET: '0123456789abcdef0123456789abcdef',
  });
  const overMs = Date.now() + 20_000;
  while (!started.output().includes('api ready')) {
    if (Date.now() > overMs) throw new Error(`not ready: ${started.output()}`);
    await wait(20);
  }
  return started;
}

test('wrong settings: all faults printed, exit 2', async () => {
  const started = start({ PORT: 'x', MONGODB_URI: 'postgres://y' });
  const [code] = (await once(started.child, 'exit')) as [number];
  expect(code).toBe(2);
  expect(started.output()).toMatch(/PORT[\s\S]*TEMPORAL_ADDRESS[\s\S]*MONGODB_URI/);
});

test.each([
  ['SIGTERM', (child: ChildProcess) => void child.kill('SIGTERM')],
  ['SIGINT', (child: ChildProcess) => void child.kill('SIGINT')],
  ['the end of its parent', (child: ChildProcess) => child.disconnect()],
])('stops with code 0 within 5 s on %s', async (_name, ask) => {
  const { child } = await startApi();
  const startedAt = Date.now();
  const exited = once(child, 'exit') as Promise<[number]>;
  ask(child);
  const [code] = await exited;
  expect(code).toBe(0);
  expect(Date.now() - startedAt).toBeLessThan(5000);
});
