const LINE_EVERY_MS = 15_000;

/** Shows what one or several servers are doing, with the elapsed seconds. */
export interface ProgressBoard {
  /** Says what `name` is doing now; shown until `done`. */
  report(name: string, text: string): void;
  /** Takes `name` off the board. */
  done(name: string): void;
  /** Clears the board; nothing is shown afterwards. */
  close(): void;
}

/** One line of a terminal that is written over. */
export interface SpinnerLine {
  show(text: string): void;
  clear(): void;
}

/**
 * A board for a terminal (one spinner line for all), or plain lines where there is none: the
 * first report of each name, then one every 15 s while it lasts.
 * @param spinner null: plain lines to `print`.
 */
export function progressBoard(
  spinner: SpinnerLine | null,
  print: (line: string) => void,
  now: () => number = Date.now,
): ProgressBoard {
  const running = new Map<string, { text: string; sinceMs: number; printedAtMs: number }>();
  const line = (name: string, text: string, sinceMs: number): string =>
    `${name}: ${text} (${Math.round((now() - sinceMs) / 1_000)} s)`;
  const show = (): void => {
    if (spinner === null || running.size === 0) return;
    const parts = [...running].map(([name, { text, sinceMs }]) => line(name, text, sinceMs));
    spinner.show(parts.join(' · '));
  };
  const tick = setInterval(() => {
    show();
    for (const [name, row] of running) {
      if (spinner !== null || now() - row.printedAtMs < LINE_EVERY_MS) continue;
      row.printedAtMs = now();
      print(line(name, row.text, row.sinceMs));
    }
  }, 1_000);
  tick.unref();
  return {
    report(name, text) {
      const row = running.get(name);
      if (row !== undefined) {
        row.text = text;
      } else {
        running.set(name, { text, sinceMs: now(), printedAtMs: now() });
        if (spinner === null) print(`${name}: ${text}`);
      }
      show();
    },
    done(name) {
      running.delete(name);
      if (running.size === 0) spinner?.clear();
      show();
    },
    close() {
      clearInterval(tick);
      running.clear();
      spinner?.clear();
    },
  };
}
