import ora from 'ora';
import { progressBoard } from './progress.js';
import type { ProgressBoard, SpinnerLine } from './progress.js';

/** The board of a command: a spinner on a terminal, plain lines on standard error elsewhere. */
export function commandBoard(): ProgressBoard {
  const print = (line: string): void => void process.stderr.write(`${line}\n`);
  // A terminal that does not tell its width (0 columns) would keep the spinner busy for ever.
  const isTerminal = process.stderr.isTTY && process.stderr.columns > 0;
  return progressBoard(isTerminal ? spinnerLine() : null, print);
}

function spinnerLine(): SpinnerLine {
  // The cursor is left to the terminal: `ora` would also swallow Ctrl-C on its input.
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  return {
    show(text) {
      if (spinner.isSpinning) spinner.text = text;
      else spinner.start(text);
    },
    clear: () => void spinner.stop(),
  };
}
