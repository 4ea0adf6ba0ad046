import { ERROR_CODES } from '../api/errors/codes.js';
import { anyTypes } from './house/anyTypes.js';
import { deadFiles } from './house/deadFiles.js';
import { ENTRY_POINTS } from './house/entryPoints.js';
import { environmentReads } from './house/environment.js';
import { undocumentedExports } from './house/exports.js';
import { barrels, emptyNames, versionedExports } from './house/names.js';
import { projectPaths, projectSources, projectText, projectTexts } from './house/projectFiles.js';
import { deepNesting, longFiles, longFunctions, longLines } from './house/sizes.js';
import type { SourceFile } from './house/sourceFile.js';
import { violationLines, type Violation } from './house/violation.js';
import { foreignWording } from './house/wording.js';
import { zoneViolations } from './house/zones.js';

/** What the lock must hold builds of, for every system that people develop on. */
const NATIVE = ['@swc/core', 'oxlint', 'oxlint-tsgolint', 'esbuild', 'typescript', 'unrs-resolver'];

interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function lockEntries(): Readonly<Record<string, LockEntry>> {
  return (JSON.parse(projectText('package-lock.json')) as Lock).packages;
}

describe('the house', () => {
  let sources: readonly SourceFile[] = [];
  beforeAll(() => {
    sources = projectSources();
  });

  const expectNone = (violations: readonly Violation[]) =>
    expect(violationLines(violations)).toEqual([]);

  it('keeps files, lines, functions and nesting small', () => {
    const rules = [longFiles, longLines, longFunctions, deepNesting];
    expectNone(sources.flatMap((source) => rules.flatMap((rule) => rule(source))));
  });

  it('names things for what they are, and exports them where they stand', () => {
    expectNone([
      ...projectPaths().flatMap(emptyNames),
      ...sources.flatMap(versionedExports),
      ...sources.flatMap((source) => barrels(source, ENTRY_POINTS)),
    ]);
  });

  it('imports within the zones', () => expectNone(sources.flatMap(zoneViolations)));

  it('has no dead file', () => expectNone(deadFiles(sources, ENTRY_POINTS)));

  it('documents every export', () => expectNone(sources.flatMap(undocumentedExports)));

  it('reads the environment in settings.ts alone', () =>
    expectNone(sources.flatMap(environmentReads)));

  it('has no `any`', () => expectNone(sources.flatMap(anyTypes)));

  it('names nothing that is not in the repository', () =>
    expectNone(projectTexts().flatMap(({ path, text }) => foreignWording(path, text))));

  it('explains every error code of the API in the README as on its page, and no other', () => {
    const section = /## Error codes\n([\s\S]*?)\n## /.exec(projectText('README.md'))?.[1] ?? '';
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    const expected = Object.entries(ERROR_CODES).map(([code, { status, cause, fix }]) => {
      return `| \`${code}\` | ${status} | ${cause} | ${fix} |`;
    });
    expect(rows).toEqual(expected);
  });
});

describe('the lock file', () => {
  it.each(NATIVE)('holds %s for macOS and Windows too', (name) => {
    const entries = lockEntries();
    const builds = Object.keys(entries[`node_modules/${name}`]?.optionalDependencies ?? {});
    const systems = builds.flatMap((build) => entries[`node_modules/${build}`]?.os ?? []);
    expect(systems).toEqual(expect.arrayContaining(['darwin', 'linux', 'win32']));
    const absent = builds.filter((build) => !entries[`node_modules/${build}`]);
    expect(absent).toEqual([]);
  });

  it('holds no download addresses', () => {
    const resolved = Object.entries(lockEntries()).filter(([, entry]) => entry.resolved);
    expect(resolved.map(([path]) => path)).toEqual([]);
  });

  it('hoists exactly one protobufjs 8, or replays fail with "type must be a Type"', () => {
    const copies = Object.entries(lockEntries())
      .filter(([path]) => /(^|\/)node_modules\/protobufjs$/.test(path))
      .filter(([, { version }]) => version?.startsWith('8.'))
      .map(([path, { version }]) => `${path} ${version}`);
    expect(copies).toEqual(['node_modules/protobufjs 8.8.1']);
  });
});
