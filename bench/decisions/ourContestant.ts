import pino from 'pino';
import { createApp } from '../../api/app.js';
import { lazyConnection } from '../../api/engine/connection.js';
import { TemporalEngine } from '../../api/engine/temporalEngine.js';
import { Problem } from '../../api/errors/problem.js';
import type { Operation } from '../../api/http/operation.js';
import { loadSecrets } from '../../dev/stack/secrets.js';
import { openLedger } from '../../ledger/open.js';
import type { Contestant, Quota } from './contestant.js';
import { countedUnits, makeCustomer, startSite } from './site.js';

/** What a decision of ours is called with, without HTTP around it. */
type Handle = Operation['handle'];

const CALLER = { keyId: 'bench', mode: 'test', scope: 'secret' } as const;

function callWith(path: object, body: object): Parameters<Handle>[0] {
  return {
    path,
    query: {},
    body,
    rawBody: new Uint8Array(0),
    contentType: 'application/json',
    caller: CALLER,
    origin: 'http://localhost',
    requestId: 'bench',
    header: () => undefined,
    gone: new AbortController().signal,
  };
}

function quotaOf(customer: string, reserve: Handle, commit: Handle, counted: Quota['counted']) {
  return {
    async reserve(units: number) {
      try {
        const body = { customer, quantities: { tokens_in: units } };
        const answer = await reserve(callWith({}, body));
        return (answer.body as { readonly id: string }).id;
      } catch (error) {
        if (error instanceof Problem && error.code !== 'unavailable') return null;
        throw error;
      }
    },
    async commit(id: string, units: number) {
      await commit(callWith({ id }, { customer, quantities: { tokens_in: units } }));
    },
    counted,
  };
}

/**
 * Ours at library level: the API's own decisions in this process, on real Temporal and ledger.
 * A commit counts once it is durable in the log.
 */
export async function startOurs(mode: 'exact' | 'fast'): Promise<Contestant> {
  const leaseMode = mode === 'exact' ? 'off' : 'always';
  const site = await startSite(leaseMode);
  const { stack } = site;
  const ledger = await openLedger({ uri: stack.mongodb });
  const target = { address: stack.temporal, namespace: 'default', apiKey: null };
  const engine = new TemporalEngine(lazyConnection(target), target.namespace);
  const api = createApp({
    ledger,
    engine,
    logger: pino({ level: 'silent' }),
    webhookSecrets: [],
    defaultPlan: null,
    requestsPerSecond: null,
    tokenSecret: loadSecrets(stack.folder).tokenSecret,
    leaseMode,
  });
  const handleOf = (name: string): Handle => {
    const found = api.operations.find((operation) => operation.name === name);
    if (!found) throw new Error(`there is no operation ${name}`);
    return (call) => found.handle(call);
  };
  const [reserve, commit] = [handleOf('reserve'), handleOf('commitReservation')];
  return {
    name: `durabill-${mode}`,
    what: mode === 'exact' ? 'Durabill, every grant by the workflow' : 'Durabill with leases',
    pids: () => ['temporal', 'ledger', 'worker'].map((name) => stack.pids[name as 'worker']),
    async quota(name, cap) {
      await makeCustomer(site, name, cap);
      return quotaOf(name, reserve, commit, () => countedUnits(site, name));
    },
    async stop() {
      await api.decisions.close(1_000);
      await ledger.writer.close(1_000);
      await api.notifier.close(1_000);
      await engine.close();
      await ledger.close();
      await stack.stop();
    },
  };
}
