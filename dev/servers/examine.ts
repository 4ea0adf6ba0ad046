import type { ServerName, Way } from './contract.js';

/** What one way would do now. */
export interface WayReport {
  readonly way: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** All ways to one server, and the one that would be used; null: none, or a fatal one. */
export interface ServerReport {
  readonly server: ServerName;
  readonly uses: string | null;
  readonly ways: readonly WayReport[];
}

/**
 * Asks every way side by side and starts nothing.
 * @param extra ways that are taken only when asked for: shown, never chosen.
 */
export async function examine(
  server: ServerName,
  ways: readonly Way[],
  extra: readonly Way[] = [],
): Promise<ServerReport> {
  const all = [...ways, ...extra];
  const checks = await Promise.all(all.map((way) => way.check()));
  const decisive = checks.slice(0, ways.length).find((check) => check.ok || check.fatal);
  const at = decisive === undefined ? -1 : checks.indexOf(decisive);
  return {
    server,
    uses: decisive?.ok ? (all[at]?.name ?? null) : null,
    ways: checks.map((check, index) => ({
      way: all[index]?.name ?? '',
      ok: check.ok,
      detail: check.ok ? check.detail : check.reason,
    })),
  };
}

/** The report as people read it; the way that would be used is marked. */
export function reportText(report: ServerReport): string {
  const width = Math.max(...report.ways.map(({ way }) => way.length));
  const lines = report.ways.map(({ way, ok, detail }) => {
    const mark = way === report.uses ? '>' : ' ';
    return `${mark} ${way.padEnd(width)}  ${ok ? 'yes' : 'no '}  ${detail}`;
  });
  const verdict = report.uses === null ? 'none can be used' : `would use: ${report.uses}`;
  return [`${report.server}: ${verdict}`, ...lines].join('\n');
}
