import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../../cli/tsxProgram.js';
import { sdk } from '../../dev/stripe/world.js';

/** `durabill stripe-sandbox`: says where it is, works with the official SDK, stops when told. */

jest.setTimeout(30_000);

const LINE = /^\{.*\}$/m;

interface Running {
  readonly child: ChildProcess;
  /** Settles with all output so far, once a line of JSON came; throws when it ended before. */
  readonly said: Promise<string>;
}

let running: Running | null = null;
afterEach(() => running?.child.kill('SIGKILL'));

function start(env: NodeJS.ProcessEnv, ...args: readonly string[]): Running {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const child = spawn(process.execPath, [program, 'stripe-sandbox', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = new Promise<string>((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (LINE.test(out)) resolve(out);
    });
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${errors}`)));
  });
  running = { child, said };
  return running;
}

test('it prints address and key, serves the SDK, and ends cleanly on SIGTERM', async () => {
  const foreign = { PORT: '1', DURABILL_DATA: '/nowhere', STRIPE_SECRET_KEY: 'sk_test_other' };
  const { child, said } = start(foreign, '--json');
  const { url, secretKey } = JSON.parse(await said) as { url: string; secretKey: string };
  expect(new URL(url).hostname).toBe('127.0.0.1');
  expect(secretKey).toMatch(/^sk_test_/);
  const customer = await sdk(url).customers.create({ name: 'Ada' });
  expect(customer.id).toMatch(/^cus_/);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('a port that is none is wrong use: exit code 2, nothing started', async () => {
  const { said } = start({}, '--port', '70000', '--json');
  await expect(said).rejects.toThrow('exit 2: stripe sandbox: bad settings: port: 70000');
});
