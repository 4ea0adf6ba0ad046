import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '../../../cli/commands/rate.js';
import { CATALOGUE } from '../../billing/contractCatalogue.js';
import { type CommandResult, runCommand } from './runCommand.js';

describe('durabill rate', () => {
  let folder = '';
  let catalogue = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-rate-'));
    catalogue = join(folder, 'catalogue.json');
    await writeFile(catalogue, JSON.stringify(CATALOGUE));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function rate(plan: string, usage: string, ...more: string[]): Promise<CommandResult> {
    const options = ['--catalogue', catalogue, '--plan', plan, '--usage', usage];
    return runCommand(register, ['rate', ...options, ...more]);
  }

  it('prints currency, lines and subtotal of one period as JSON', async () => {
    const usage = '{"tokens": 2345678, "images": 11}';
    const { exitCode, stdout } = await rate('pro', usage, '--json');
    expect(exitCode).toBe(0);
    const answer = JSON.parse(stdout) as { lines: { ref: string; amountMinor: number }[] };
    expect(Object.keys(answer)).toEqual(['currency', 'lines', 'subtotalMinor']);
    expect(answer).toMatchObject({ currency: 'usd', subtotalMinor: 3773 });
    expect(answer.lines.map((line) => [line.ref, line.amountMinor])).toEqual([
      ['tokens/tier-1', 0],
      ['tokens/tier-2', 673],
      ['images', 200],
      ['base', 2900],
    ]);
  });

  it('prints the same as a table for people', async () => {
    const { stdout } = await rate('pro@1', '{"tokens": 2345678}');
    expect(stdout).toMatch(/Tokens: 1,000,001 to 5,000,000 +│ +1,345,678 │ +\$0.000005 │ +\$6.73/);
    expect(stdout).toMatch(/subtotal .*\$35\.73/);
  });

  it.each([
    ['an unknown plan', 'prof', '{}', /no plan prof; the catalogue has: free@1, pro@1, prepaid@1/],
    ['an unknown version', 'pro@2', '{}', /no plan pro@2/],
    ['an inherited name', 'constructor', '{}', /no plan constructor/],
    ['usage that is no JSON', 'pro', '{tokens: 1}', /no JSON/],
    ['usage that is no object', 'pro', '[1]', /must be an object/],
    ['an unknown meter', 'pro', '{"tokns": 1}', /usage\.tokns = 1: is no meter/],
    ['a fraction', 'pro', '{"tokens": 1.5}', /usage\.tokens = 1\.5: must be a whole number/],
  ])('%s is wrong use: exit 2, nothing printed as an answer', async (_what, plan, usage, text) => {
    const { exitCode, stdout, stderr } = await rate(plan, usage, '--json');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(text);
  });

  it('a broken catalogue: exit 1 with every fault; no file at all: exit 2', async () => {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, JSON.stringify({ ...CATALOGUE, currency: 'xyz', colour: 1 }));
    const options = ['--plan', 'pro', '--usage', '{}'];
    const bad = await runCommand(register, ['rate', '--catalogue', broken, ...options]);
    expect(bad.exitCode).toBe(1);
    expect(bad.stderr).toMatch(/has 2 faults:\n {2}colour = 1: .*\n {2}currency = "xyz": /);
    const none = join(folder, 'none.json');
    const missing = await runCommand(register, ['rate', '--catalogue', none, ...options]);
    expect(missing.exitCode).toBe(2);
  });
});
