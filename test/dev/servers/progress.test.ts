import { progressBoard } from '../../../dev/servers/progress.js';

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('without a terminal is a line at first and one every 15 seconds', () => {
    const lines: string[] = [];
    const board = progressBoard(null, (line) => lines.push(line));
    board.report('temporal', 'compiling');
    board.report('temporal', 'compiling, 40 packages done');
    jest.advanceTimersByTime(31_000);
    board.done('temporal');
    jest.advanceTimersByTime(31_000);
    board.close();
    expect(lines).toEqual([
      'temporal: compiling',
      'temporal: compiling, 40 packages done (15 s)',
      'temporal: compiling, 40 packages done (30 s)',
    ]);
  });

  it('on a terminal is one line for all, with the seconds of each', () => {
    let shown = '';
    const spinner = { show: (text: string) => void (shown = text), clear: () => void (shown = '') };
    const board = progressBoard(spinner, () => undefined);
    board.report('temporal', 'compiling');
    jest.advanceTimersByTime(3_000);
    board.report('ledger', 'installing');
    expect(shown).toBe('temporal: compiling (3 s) · ledger: installing (0 s)');
    board.done('temporal');
    expect(shown).toBe('ledger: installing (0 s)');
    board.done('ledger');
    expect(shown).toBe('');
    board.close();
  });
});
