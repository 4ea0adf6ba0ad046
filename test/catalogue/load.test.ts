import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { loadCatalogueFile } from '../../catalogue/load.js';
import { CATALOGUE } from '../billing/contractCatalogue.js';

const run = promisify(execFile);

/** Loads a file in a process of its own, which is started as the command line is. */
async function loadInProcess(path: string): Promise<unknown> {
  const script = `
    (await import('tsx/esm/api')).register();
    const { loadCatalogueFile } = await import(process.argv[1]);
    console.log(JSON.stringify(await loadCatalogueFile(process.argv[2])));`;
  const loader = resolve('catalogue/load.ts');
  const flags = ['--input-type=module', '-e', script, loader, path];
  const { stdout } = await run(process.execPath, flags, { timeout: 20_000 });
  return JSON.parse(stdout);
}

describe('a catalogue file', () => {
  let folder = '';
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-catalogue-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('of JSON is read, a byte order mark before it or not', async () => {
    await writeFile(file('plain.json'), JSON.stringify(CATALOGUE));
    await writeFile(file('marked.json'), `\uFEFF${JSON.stringify(CATALOGUE)}`);
    expect(await loadCatalogueFile(file('plain.json'))).toEqual({ catalogue: CATALOGUE });
    expect(await loadCatalogueFile(file('marked.json'))).toEqual({ catalogue: CATALOGUE });
  });

  it.each([
    ['c.ts', 'import', 'export default'],
    ['c.mjs', 'plain', 'export default'],
    ['c.cjs', 'plain', 'module.exports ='],
    ['c.cts', 'plain', 'export default'],
    ['compiled.cjs', 'plain', 'exports.__esModule = true; exports.default ='],
  ])('%s that exports a catalogue is run', async (name, kind, exporting) => {
    const define = JSON.stringify(resolve('catalogue/define.ts'));
    const head = kind === 'import' ? `import { defineCatalogue } from ${define};\n` : '';
    const value = JSON.stringify(CATALOGUE);
    const body = kind === 'import' ? `defineCatalogue(${value} as never)` : value;
    await writeFile(file(name), `${head}${exporting} ${body};\n`);
    expect(await loadInProcess(file(name))).toEqual({ catalogue: CATALOGUE });
  });

  it('with a plan that stands twice is refused: one of them would be lost', async () => {
    const { free } = CATALOGUE.plans;
    const text = JSON.stringify({ currency: 'usd', meters: {}, plans: { free } });
    const doubled = (whole: string) =>
      whole.replace('{"free":', `{"free":${JSON.stringify(free)},"free":`);
    await writeFile(file('twice.json'), doubled(text));
    const loaded = await loadCatalogueFile(file('twice.json'));
    expect('faults' in loaded && loaded.faults.map(({ path }) => path)).toEqual([
      'plans.free',
      'plans.free.limits[0].meters[0]',
    ]);
    await writeFile(file('once.json'), JSON.stringify({ ...CATALOGUE, plans: { free } }));
    expect(await loadCatalogueFile(file('once.json'))).toHaveProperty('catalogue');
    await writeFile(file('sound.json'), doubled(JSON.stringify(CATALOGUE)));
    expect(await loadCatalogueFile(file('sound.json'))).toMatchObject({
      faults: [{ path: 'plans.free', value: 'free' }],
    });
  });

  it('that is missing, broken or exports nothing is a fault, not a crash', async () => {
    await writeFile(file('broken.json'), '{"currency": ');
    await writeFile(file('empty.mjs'), 'export const catalogue = {};\n');
    const fault = (name: string, message: RegExp) => ({
      faults: [{ path: '', value: file(name), message: expect.stringMatching(message) as string }],
    });
    expect(await loadCatalogueFile(file('none.json'))).toEqual(fault('none.json', /ENOENT/));
    expect(await loadCatalogueFile(file('broken.json'))).toEqual(fault('broken.json', /JSON/));
    expect(await loadInProcess(file('empty.mjs'))).toEqual(fault('empty.mjs', /no default export/));
  });
});
