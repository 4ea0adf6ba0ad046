import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillFolder } from '../../../dev/servers/cacheFolder.js';

describe('a folder of the cache', () => {
  let cache: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'durabill-cache-'));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  it('appears complete or not at all', async () => {
    const folder = join(cache, 'temporal');
    const half = fillFolder(folder, async (partial) => {
      await writeFile(join(partial, 'program'), 'half');
      throw new Error('no space left');
    });
    await expect(half).rejects.toThrow('no space left');
    expect(await readdir(cache)).toEqual([]);
    await fillFolder(folder, async (partial) => {
      expect(await readdir(cache)).toEqual([`temporal.partial-${process.pid}`]);
      await writeFile(join(partial, 'program'), 'whole');
    });
    expect(await readdir(cache)).toEqual(['temporal']);
  });

  it('keeps what it had when a new filling fails', async () => {
    const folder = join(cache, 'temporal');
    await fillFolder(folder, (partial) => writeFile(join(partial, 'program'), 'old'));
    const failed = fillFolder(folder, () => Promise.reject(new Error('refused')));
    await expect(failed).rejects.toThrow('refused');
    expect(await readFile(join(folder, 'program'), 'utf8')).toBe('old');
  });
});
