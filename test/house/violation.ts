/** One place that breaks a house rule. */
export interface Violation {
  /** Path from the root, with slashes. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Violations as text, one line each, sorted by place: what a failing test prints. */
export function violationLines(violations: readonly Violation[]): string[] {
  return [...violations]
    .sort((one, other) => one.path.localeCompare(other.path) || one.line - other.line)
    .map(({ path, line, message }) => `${path}:${line} ${message}`);
}
