import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const PROGRAM = join('test', 'mutation', 'planted.fixture.ts');

type Found = readonly [line: number, replacement: string, status: string];

describe('the mutation run', () => {
  const found: Found[] = [];
  beforeAll(() => {
    const command = ['--import', 'tsx', PROGRAM];
    const output = execFileSync(process.execPath, command, {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: 60_000,
    });
    found.push(...(JSON.parse(output.trim().split('\n').at(-1) ?? '') as Found[]));
  }, 70_000);

  const statusOf = (replacement: string, line?: number) => {
    const of = found.filter(([at, text]) => text === replacement && (line ?? at) === at);
    return of.map(([, , status]) => status);
  };

  it('notices what a test notices', () => {
    expect(statusOf('a <= b')).toEqual(['Killed']);
    expect(statusOf('i <= n')).toEqual(['Killed']);
    expect(statusOf('sum -= i')).toEqual(['Killed']);
  });

  it('tells what no test notices, and what no test runs', () => {
    expect(statusOf('a >= b')).toEqual(['Survived']);
    expect(statusOf('""', 25)).toEqual(['NoCoverage']);
  });

  it('notices what is altered as a module loads, and looks at it in a hook', () => {
    expect(statusOf('[]', 2)).toEqual(['Killed']);
  });

  it('is not misled by what modules remember of an earlier run', () => {
    expect(statusOf('n / 2')).toEqual(['Killed', 'Killed']);
  });

  it('ends what runs without end, whether it passes the altered place again or not', () => {
    expect(statusOf('i -= 1')).toEqual(['Timeout']);
    expect(statusOf('2 + 1')).toEqual(['Timeout']);
  });
});
