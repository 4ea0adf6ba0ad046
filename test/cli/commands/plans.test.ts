import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '../../../cli/commands/plans.js';
import { CATALOGUE } from '../../billing/contractCatalogue.js';
import { runCommand } from './runCommand.js';

describe('durabill plans check', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-plans-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function check(catalogue: unknown, ...more: string[]) {
    const path = join(folder, 'catalogue.json');
    await writeFile(path, JSON.stringify(catalogue));
    return runCommand(register, ['plans', 'check', path, ...more]);
  }

  it('shows each price per 1, 1,000 and 1,000,000 in currency', async () => {
    const { exitCode, stdout } = await check(CATALOGUE);
    expect(exitCode).toBe(0);
    const rows = stdout.split('\n').map((line) => line.replace(/[│ ]+/g, ' ').trim());
    expect(rows).toEqual(
      expect.arrayContaining([
        'plan price units per 1 per 1,000 per 1,000,000',
        'pro@1 base each month $29.00',
        'pro@1 tokens/tier-1 first 1,000,000 included $0.00 $0.00 $0.00',
        'pro@1 tokens/tier-2 1,000,001 to 5,000,000 $0.000005 $0.005 $5.00',
        'pro@1 tokens/tier-3 5,000,001 and above $0.000003 $0.003 $3.00',
        'pro@1 images packages of 10 $1.00 $100.00 $100,000.00',
        'prepaid@1 credits each $0.012 $12.00 $12,000.00',
      ]),
    );
  });

  it('shows the default catalogue without a fault', async () => {
    const path = 'durabill.catalogue.json';
    const { exitCode, stdout } = await runCommand(register, ['plans', 'check', path, '--json']);
    expect(exitCode).toBe(0);
    const { currency, prices } = JSON.parse(stdout) as {
      currency: string;
      prices: { price: string; amountsMinor: (string | null)[] }[];
    };
    expect(currency).toBe('usd');
    expect(prices).toContainEqual({
      plan: 'scale@1',
      price: 'input_tokens/tier-1/flat',
      units: 'once',
      amountsMinor: ['500', null, null],
    });
  });

  it('lists every fault with its path and value and exits 1', async () => {
    const plans = { pro: { name: 'Pro', interval: 'month', prices: { videos: { type: 'odd' } } } };
    const broken = { ...CATALOGUE, plans, currency: 'xyz' };
    const { exitCode, stdout, stderr } = await check(broken, '--json');
    expect(exitCode).toBe(1);
    const { faults } = JSON.parse(stdout) as { faults: { path: string; value: unknown }[] };
    expect(faults.map(({ path, value }) => [path, value])).toEqual([
      ['plans.pro.prices.videos.type', 'odd'],
      ['currency', 'xyz'],
    ]);
    for (const { path } of faults) expect(stderr).toContain(path);
  });
});
