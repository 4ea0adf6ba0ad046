/** What a long command is doing now: one line of a terminal; nothing where there is none. */
export interface ProgressLine {
  show(text: string): void;
  end(): void;
}

/** A spinner on standard error. */
export async function progressLine(): Promise<ProgressLine> {
  // A terminal that does not tell its width (0 columns) would keep the spinner busy for ever.
  if (!process.stderr.isTTY || process.stderr.columns === 0) {
    return { show: () => undefined, end: () => undefined };
  }
  const { default: ora } = await import('ora');
  // The terminal's input is left alone: `ora` would also swallow Ctrl-C on it.
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  return {
    show(text) {
      if (spinner.isSpinning) spinner.text = text;
      else spinner.start(text);
    },
    end: () => void spinner.stop(),
  };
}
