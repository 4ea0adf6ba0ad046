import type { FoundServer, Refusal, ServerName, Way, Work } from './contract.js';

const TITLE: Record<ServerName, string> = {
  temporal: 'A Temporal server',
  ledger: 'A ledger database',
};

const WAYS_OUT: Record<ServerName, readonly string[]> = {
  temporal: [
    'set TEMPORAL_ADDRESS to the HOST:PORT of a running Temporal server',
    'put the `temporal` program on PATH, or set TEMPORAL_BIN to it',
    'install Go >= 1.25 and run `npm run setup`',
  ],
  ledger: [
    'set MONGODB_URI to a running MongoDB',
    'put `mongod` on PATH',
    'install Python >= 3.10 and run `npm run setup`',
    'install Rust and cmake and run `npm run setup -- --compiled-ledger`',
  ],
};

/** No way led to a server. The message lists every way tried and then the ways out. */
export class ServerMissing extends Error {
  override readonly name = 'ServerMissing';

  constructor(
    readonly server: ServerName,
    readonly refusals: readonly Refusal[],
  ) {
    super(missingText(server, refusals));
  }
}

/** A configured server that does not answer. It is never replaced by another one. */
export class ConfiguredServerDead extends Error {
  override readonly name = 'ConfiguredServerDead';
}

/**
 * Goes through the ways in their order and answers with the first that delivers.
 * @throws ConfiguredServerDead at once when a configured server does not answer.
 * @throws ServerMissing when no way delivers.
 */
export async function resolveServer(
  server: ServerName,
  ways: readonly Way[],
  work: Work,
): Promise<FoundServer> {
  const refusals: Refusal[] = [];
  for (const way of ways) {
    work.signal.throwIfAborted();
    const check = await way.check();
    if (check.ok) {
      try {
        return await check.obtain(work);
      } catch (error) {
        work.signal.throwIfAborted();
        refusals.push({ way: way.name, reason: (error as Error).message });
      }
    } else if (check.fatal) {
      throw new ConfiguredServerDead(
        `${way.name}: ${check.reason}\nA configured server is never replaced by another one:` +
          ` start it, or unset ${way.name}.`,
      );
    } else {
      refusals.push({ way: way.name, reason: check.reason });
    }
  }
  throw new ServerMissing(server, refusals);
}

function missingText(server: ServerName, refusals: readonly Refusal[]): string {
  const width = Math.max(...refusals.map(({ way }) => way.length));
  const tried = refusals.map(({ way, reason }) => {
    const lines = reason.split('\n').join(`\n${' '.repeat(width + 4)}`);
    return `  ${way.padEnd(width)}  ${lines}`;
  });
  const out = WAYS_OUT[server].map((way) => `  - ${way}`);
  const head = `${TITLE[server]} can't be had on this machine. Tried, in this order:`;
  return [head, ...tried, 'Ways out:', ...out].join('\n');
}
