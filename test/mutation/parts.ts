import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What is altered together, and the tests that must notice. */
export interface Part {
  readonly name: string;
  /** Patterns of source files, as Stryker takes them. */
  readonly mutate: readonly string[];
  readonly tests: RegExp;
}

/** Folders whose lines and tests go with files of billing/ itself. */
const SHARED = ['faults', 'windows'];

/** All other folders of billing/, each a part of its own; a new one is one from its first day. */
function ownFolders(root: string): string[] {
  const entries = readdirSync(join(root, 'billing'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders.filter((name) => !SHARED.includes(name)).toSorted();
}

/** The parts of the project at `root`: every line of billing/ is in exactly one. */
export function partsOf(root: string): readonly Part[] {
  const catalogue = '{naming,branches,publication,planVersion,planMeters}.ts';
  const windows = '{cells,period}.ts';
  return [
    {
      name: 'numbers',
      mutate: ['billing/*.ts', `!billing/${catalogue}`, `!billing/${windows}`],
      tests: /^(rating\/)?[^/]+$/,
    },
    {
      name: 'catalogue',
      mutate: [`billing/${catalogue}`, 'billing/faults/*.ts'],
      tests: /^[^/]+$|^faults\//,
    },
    ...ownFolders(root).map((name) => ({
      name,
      mutate: [`billing/${name}/**/*.ts`],
      tests: new RegExp(`^${name}/`),
    })),
    {
      name: 'windows',
      mutate: ['billing/windows/*.ts', `billing/${windows}`],
      tests: /^windows\/|^(cells|period)\.test/,
    },
  ];
}

const TESTS = 'test/billing';

/** They time the code, and altered code carries what Stryker counts with. */
const TIMED = ['limits/many.test.ts', 'holds/speed.test.ts'];

/** Paths, from the root, of the tests of a part. */
export function testFilesOf({ tests }: Part, root: string): string[] {
  const paths = readdirSync(join(root, TESTS), { recursive: true, encoding: 'utf8' });
  return paths
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.test.ts') && !TIMED.includes(path) && tests.test(path))
    .map((path) => `${TESTS}/${path}`)
    .toSorted();
}
