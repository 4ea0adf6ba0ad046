import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSecrets, saveSecrets } from '../../../dev/stack/secrets.js';

describe('secrets of a data folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-secrets-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are made once and readable by their owner alone', async () => {
    const first = loadSecrets(folder);
    expect(first.stripeSecretKey).toMatch(/^sk_test_/);
    expect(first.stripeWebhookSecret).toMatch(/^whsec_/);
    saveSecrets(folder, { ...first, testKey: 'dbk_test_x' });
    expect(loadSecrets(folder)).toEqual({ ...first, testKey: 'dbk_test_x' });
    expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });
});
