import type { FoundServer, Way } from './contract.js';
import type { ProgressBoard } from './progress.js';
import { resolveServer } from './resolve.js';

/** Both servers, found or made. */
export interface Servers {
  readonly temporal: FoundServer;
  readonly ledger: FoundServer;
}

/** Neither server can be had; the message holds the texts of both. */
export class ServersMissing extends Error {
  override readonly name = 'ServersMissing';
}

/**
 * Gets both servers side by side, with progress.
 * @throws the fault of the one that can't be had, or ServersMissing with the texts of both.
 */
export async function getServers(
  ways: { readonly temporal: readonly Way[]; readonly ledger: readonly Way[] },
  board: ProgressBoard,
  signal: AbortSignal,
): Promise<Servers> {
  const get = async (server: 'temporal' | 'ledger'): Promise<FoundServer> => {
    const progress = (text: string): void => board.report(server, text);
    try {
      return await resolveServer(server, ways[server], { progress, signal });
    } finally {
      board.done(server);
    }
  };
  const [temporal, ledger] = await Promise.allSettled([get('temporal'), get('ledger')]);
  if (temporal.status === 'fulfilled' && ledger.status === 'fulfilled') {
    return { temporal: temporal.value, ledger: ledger.value };
  }
  const faults = [temporal, ledger].flatMap((one) =>
    one.status === 'rejected' ? [one.reason as Error] : [],
  );
  if (faults.length === 1) throw faults[0];
  throw new ServersMissing(faults.map(({ message }) => message).join('\n\n'));
}

/** One line on a server: what was chosen and why. */
export function chosenText(found: FoundServer): string {
  const isStandIn = found.kind === 'secantusd-rs' || found.kind === 'secantusd-py';
  const note = isStandIn ? ' (SecantusDB, a development stand-in for MongoDB)' : '';
  return `${found.kind}${note}, ${found.how}`;
}
