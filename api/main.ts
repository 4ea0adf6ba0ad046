import pino, { type Logger } from 'pino';
import { openLedger } from '../ledger/open.js';
import { createApp } from './app.js';
import { lazyConnection } from './engine/connection.js';
import { TemporalEngine } from './engine/temporalEngine.js';
import { REDACTED } from './http/log.js';
import { listen } from './server.js';
import { readSettings, SettingsError, type ApiSettings } from './settings.js';

/** The API process. */

/** Times on the way out; together below 5 s. */
const STOP_MS = { requests: 1500, decisions: 500, notices: 1200, all: 4800 } as const;

interface RunningApi {
  readonly port: number;
  stop(): Promise<void>;
}

async function start(settings: ApiSettings, logger: Logger): Promise<RunningApi> {
  const ledger = await openLedger({ uri: settings.mongodbUri });
  const { temporal } = settings;
  const engine = new TemporalEngine(lazyConnection(temporal), temporal.namespace);
  const { app, decisions, notifier } = createApp({ ledger, engine, logger, ...settings });
  const server = await listen(app, { port: settings.port });
  return {
    port: server.port,
    async stop() {
      await server.close(STOP_MS.requests);
      await decisions.close(STOP_MS.decisions);
      await ledger.writer.close(STOP_MS.requests);
      await notifier.close(STOP_MS.notices);
      await engine.close();
      await ledger.close();
    },
  };
}

/** Stops once, whoever asks first: a signal, or the parent that has gone. */
function stopOnce(running: RunningApi, logger: Logger): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'api stops');
    setTimeout(() => process.exit(1), STOP_MS.all).unref();
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'api did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  process.once('disconnect', () => stop('the parent process has gone'));
}

async function main(): Promise<void> {
  const settings = readSettings();
  const logger = pino({
    level: settings.logLevel,
    base: { process: 'api' },
    redact: { paths: REDACTED, censor: '[redacted]' },
  });
  const running = await start(settings, logger);
  stopOnce(running, logger);
  logger.info({ port: running.port }, 'api ready');
}

main().catch((error: unknown) => {
  const text = error instanceof SettingsError ? error.message : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(error instanceof SettingsError ? 2 : 1);
});
