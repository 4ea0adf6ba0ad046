import { deepNesting, longFiles, longFunctions, longLines } from './sizes.js';
import { parseSource } from './sourceFile.js';

const lines = (count: number, text: string) => `${text}\n`.repeat(count);
const functionOf = (inner: number) => `function f() {\n${lines(inner, '  g();')}}\n`;

describe('sizes', () => {
  it('takes a file of 200 lines and refuses one of 201', () => {
    expect(longFiles(parseSource('api/a.ts', lines(200, 'f();')))).toEqual([]);
    const [violation] = longFiles(parseSource('api/a.ts', lines(201, 'f();')));
    expect(violation?.message).toBe('file has 201 lines, at most 200');
  });

  it('gives a test 250 lines', () => {
    expect(longFiles(parseSource('test/a.test.ts', lines(250, 'f();')))).toEqual([]);
    expect(longFiles(parseSource('test/a.test.ts', lines(251, 'f();')))).toHaveLength(1);
  });

  it('takes a line of 100 columns and refuses one of 101, counting characters', () => {
    expect(longLines(parseSource('a.ts', `// ${'é'.repeat(97)}\n`))).toEqual([]);
    expect(longLines(parseSource('a.ts', `f();\n// ${'é'.repeat(98)}\n`))).toEqual([
      { path: 'a.ts', line: 2, message: 'line has 101 columns, at most 100' },
    ]);
  });

  it('takes a function of 50 lines and refuses one of 51, of every kind', () => {
    expect(longFunctions(parseSource('a.ts', functionOf(48)))).toEqual([]);
    expect(longFunctions(parseSource('a.ts', `// é\n${functionOf(49)}`))).toEqual([
      { path: 'a.ts', line: 2, message: 'function has 51 lines, at most 50' },
    ]);
    const body = `{\n${lines(49, '  g();')}}`;
    const kinds = [
      `export const f = () => ${body};`,
      `class A { f() ${body} }`,
      `class A { constructor() ${body} }`,
      `const a = { f() ${body} };`,
      `const a = { get f() ${body} };`,
      `export default async function () ${body}`,
    ];
    for (const kind of kinds) expect(longFunctions(parseSource('a.ts', kind))).toHaveLength(1);
  });

  it('does not count a suite of tests as a function, but each test in it', () => {
    const long = `{\n${lines(60, '  g();')}}`;
    for (const head of ['describe(', 'describe.each([1])(']) {
      const suite = `${head}'a', () => ${long});`;
      expect(longFunctions(parseSource('a.ts', suite))).toEqual([]);
    }
    expect(longFunctions(parseSource('a.ts', `it('a', () => ${long});`))).toHaveLength(1);
  });

  it('takes control flow three deep and refuses a fourth level', () => {
    const three = 'if (a) { for (const b of c) { while (d) { e(); } } }';
    expect(deepNesting(parseSource('a.ts', three))).toEqual([]);
    const four = `try {\n${three}\n} catch { f(); }`;
    expect(deepNesting(parseSource('a.ts', four))).toEqual([
      { path: 'a.ts', line: 2, message: 'control flow 4 deep, at most 3' },
    ]);
  });

  it('counts `else if` at the depth of its `if`, and starts again in a function', () => {
    const chain = 'if (a) {} else if (b) {} else if (c) {} else if (d) { if (e) { if (f) {} } }';
    expect(deepNesting(parseSource('a.ts', chain))).toEqual([]);
    const inner = 'if (a) { if (b) { if (c) { d(() => { if (e) {} }); } } }';
    expect(deepNesting(parseSource('a.ts', inner))).toEqual([]);
    const tooDeep = 'if (a) {} else if (d) { if (e) { if (f) { if (g) {} } } }';
    expect(deepNesting(parseSource('a.ts', tooDeep))).toHaveLength(1);
  });
});
