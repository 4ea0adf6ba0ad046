import { Connection } from '@temporalio/client';
import { probeHost } from './probe.js';

/** A Temporal server and how to get in. */
export interface TemporalTarget {
  /** HOST:PORT. */
  readonly address: string;
  readonly namespace: string;
  /** With a key the connection is encrypted. */
  readonly apiKey?: string | undefined;
  readonly limitMs: number;
}

/**
 * Resolves when the server answers and knows the namespace: only then can a worker start.
 * @throws Error saying in one line why not, at the latest after `limitMs`.
 */
export async function temporalAnswers(target: TemporalTarget): Promise<void> {
  const { address, namespace, apiKey, limitMs } = target;
  const secure = apiKey === undefined ? {} : { apiKey, tls: true };
  // A connection waits for its whole time where a closed port says no at once.
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  const unreachable = await probeHost(host, Number(address.slice(colon + 1)), limitMs);
  if (unreachable !== null) throw new Error(unreachable);
  let connection: Connection | null = null;
  try {
    connection = await Connection.connect({ address, ...secure, connectTimeout: limitMs });
    const { workflowService } = connection;
    const deadline = Date.now() + limitMs;
    await connection.withDeadline(deadline, () => workflowService.getSystemInfo({}));
    await connection.withDeadline(deadline, () => workflowService.describeNamespace({ namespace }));
  } catch (error) {
    throw new Error(firstLine(error), { cause: error });
  } finally {
    await connection?.close();
  }
}

function firstLine(error: unknown): string {
  const { message } = error as Error;
  return message.split('\n')[0] ?? message;
}
