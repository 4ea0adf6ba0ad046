import { undocumentedExports } from './exports.js';
import { barrels, emptyNames, versionedExports } from './names.js';
import { parseSource } from './sourceFile.js';

const messages = (violations: readonly { readonly message: string }[]) =>
  violations.map(({ message }) => message);

describe('names', () => {
  it.each(['api/utils/a.ts', 'api/stringUtil.ts', 'api/lock-manager.ts', 'api/CommonThings.ts'])(
    'refuses %s: the name says nothing',
    (path) => expect(emptyNames(path)).toHaveLength(1),
  );

  it('takes names that only contain such a word', () => {
    expect(emptyNames('api/commonality/serviceable.ts')).toEqual([]);
  });

  it('refuses a version in a path or an exported name, not a number that belongs there', () => {
    expect(emptyNames('api/v2/routes.ts')).toHaveLength(1);
    expect(emptyNames('api/routesV2.ts')).toHaveLength(1);
    expect(emptyNames('billing/sha256.ts')).toEqual([]);
    const source = 'export function rateV2() {}\nexport const sha256 = 1, replies5xx = 2;\n';
    expect(versionedExports(parseSource('a.ts', source))).toEqual([
      { path: 'a.ts', line: 1, message: 'version in export "rateV2"' },
    ]);
  });

  it('refuses barrels', () => {
    const source = "export * from './a.js';\nexport { b } from './b.js';\nexport const c = 1;\n";
    expect(barrels(parseSource('a.ts', source))).toHaveLength(2);
    expect(barrels(parseSource('api/index.ts', 'f();\n'))).toHaveLength(1);
    expect(barrels(parseSource('workflows/all.ts', source), ['workflows/all.ts'])).toEqual([]);
  });
});

describe('docstrings', () => {
  it.each([
    'export const a = 1, b = 2;',
    'export function f() {}',
    'export async function f() {}',
    'export class A {}',
    'export abstract class A {}',
    'export interface A {}',
    'export type A = 1;',
    'export enum A {}',
    'export default 1;',
    'export default function () {}',
  ])('wants one above %s', (source) => {
    expect(undocumentedExports(parseSource('a.ts', `/** Ä. */\n${source}\n`))).toEqual([]);
    expect(undocumentedExports(parseSource('a.ts', `${source}\n`))).toHaveLength(1);
    expect(undocumentedExports(parseSource('a.ts', `// no\n${source}\n`))).toHaveLength(1);
    expect(undocumentedExports(parseSource('a.ts', `/* no */\n${source}\n`))).toHaveLength(1);
  });

  it('wants it directly above', () => {
    const apart = '/** Of another. */\n\nexport const a = 1;\n';
    expect(messages(undocumentedExports(parseSource('a.ts', apart)))).toEqual([
      'export "a" has no docstring',
    ]);
  });

  it('asks once for the signatures of one function', () => {
    const source =
      '/** F. */\nexport function f(a: 1): 1;\nexport function f(a: 2): 2;\n' +
      'export function f(a: number) { return a; }\n';
    expect(undocumentedExports(parseSource('a.ts', source))).toEqual([]);
  });
});
