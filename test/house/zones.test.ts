import { deadFiles } from './deadFiles.js';
import { environmentReads } from './environment.js';
import { anyTypes } from './anyTypes.js';
import { parseSource } from './sourceFile.js';
import { foreignWording } from './wording.js';
import { zoneViolations } from './zones.js';

const zonesOf = (path: string, source: string) => zoneViolations(parseSource(path, source));

describe('import zones', () => {
  it.each([
    ['billing/a.ts', '../catalogue/b.js'],
    ['billing/a.ts', 'zod'],
    ['billing/a.ts', 'node:crypto'],
    ['billing/rating/rate.ts', 'big.js'],
    ['catalogue/a.ts', '../ledger/b.js'],
    ['ledger/a.ts', '../workflows/messages.js'],
    ['workflows/a.ts', '../ledger/contract.js'],
    ['workflows/a.ts', '../activities/log.js'],
    ['workflows/a.ts', 'node:fs'],
    ['activities/stripe/a.ts', '../../workflows/life.js'],
    ['api/routes/a.ts', '../../activities/log.js'],
    ['api/routes/a.ts', '../../workflows/life.js'],
    ['worker/a.ts', '../billing/log.js'],
    ['worker/a.ts', '../workflows/workflows.js'],
    ['client/a.ts', '../billing/log.js'],
    ['cli/a.ts', '../api/main.js'],
    ['cli/a.ts', '../dev/stack.js'],
    ['api/a.ts', '../dev/stack.js'],
    ['api/a.ts', '../test/stack.js'],
    ['dev/stripe/rating.ts', '../../billing/rating/rate.js'],
    ['newcomer/a.ts', '../billing/log.js'],
  ])('%s must not import %s', (path, specifier) => {
    expect(zonesOf(path, `import { a } from '${specifier}';\n`)).toHaveLength(1);
  });

  it.each([
    ['billing/rating/rate.ts', '../decimal.js'],
    ['billing/decimal.ts', 'big.js'],
    ['catalogue/a.ts', '../billing/catalogue.js'],
    ['activities/a.ts', '../workflows/messages.js'],
    ['api/routes/a.ts', '../../workflows/messages.js'],
    ['worker/a.ts', '../activities/log.js'],
    ['cli/a.ts', '../activities/log.js'],
    ['cli/a.ts', '../workflows/payloadCodec.js'],
    ['dev/stack/a.ts', '../../cli/runningStack.js'],
    ['test/a.test.ts', '../dev/stack.js'],
    ['bench/a.ts', '../billing/log.js'],
  ])('%s may import %s', (path, specifier) => {
    expect(zonesOf(path, `import { a } from '${specifier}';\n`)).toEqual([]);
  });

  it('lets workflows import activities as types only, inline `type` not being enough', () => {
    expect(zonesOf('workflows/a.ts', "import type { A } from '../activities/a.js';")).toEqual([]);
    expect(zonesOf('workflows/a.ts', "type A = import('../activities/a.js').A;")).toEqual([]);
    const inline = "import { type A } from '../activities/a.js';";
    expect(zonesOf('workflows/a.ts', inline)).toHaveLength(1);
  });

  it.each([
    "await import('../dev/a.js');",
    "require('../dev/a.js');",
    "export * from '../dev/a.js';",
  ])('sees %s', (source) => expect(zonesOf('cli/a.ts', source)).toHaveLength(1));
});

describe('dead files', () => {
  const files = {
    'api/main.ts': "import './used.js';",
    'api/used.ts': 'f();',
    'api/testedOnly.ts': 'f();',
    'test/a.test.ts': "import './fixture.js';\nimport '../api/testedOnly.js';",
    'test/fixture.ts': 'f();',
    'test/orphan.ts': 'f();',
  };
  const sources = Object.entries(files).map(([path, text]) => parseSource(path, text));

  it('finds code that nothing uses, and code that only its test uses', () => {
    const dead = deadFiles(sources, ['api/main.ts']).map(({ path }) => path);
    expect(dead).toEqual(['api/testedOnly.ts', 'test/orphan.ts']);
  });

  it('refuses an entry point that does not exist', () => {
    const paths = deadFiles(sources, ['api/main.ts', 'api/gone.ts']).map(({ path }) => path);
    expect(paths).toContain('api/gone.ts');
  });
});

describe('what code and texts must not hold', () => {
  it.each([
    'const a = process.env.PORT;',
    "const a = process['env'];",
    'const { env } = process;',
    "import { env } from 'node:process';",
  ])('the environment is read in settings.ts alone: %s', (source) => {
    expect(environmentReads(parseSource('api/a.ts', source))).toHaveLength(1);
    expect(environmentReads(parseSource('api/settings.ts', source))).toEqual([]);
  });

  it('no `any`, whatever holds it', () => {
    const source = 'let a: any;\nlet b: Promise<any[]>;\nlet c = d as any;\nlet e: unknown;\n';
    expect(anyTypes(parseSource('a.ts', source)).map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it.each(['work', 'root', 'tmp', 'home'])('no path below /%s of one machine', (folder) => {
    expect(foreignWording('a.md', `ok\nsee /${folder}/a/b`)).toMatchObject([{ line: 2 }]);
  });

  it('no folder outside the project, no registry', () => {
    expect(foreignWording('a.md', `see ..${'/'}shared`)).toHaveLength(1);
    expect(foreignWording('a.json', `"https:${'/'}/registry.example/x"`)).toHaveLength(1);
    expect(foreignWording('a.md', 'routes under /v1, root of a tree, homework')).toEqual([]);
  });
});
