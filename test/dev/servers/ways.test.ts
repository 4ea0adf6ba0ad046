import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CRATE_VERSION,
  TEMPORAL_VERSION,
  WHEEL_VERSION,
  cachedFolder,
} from '../../../dev/servers/cacheFolder.js';
import type { FoundServer, Way } from '../../../dev/servers/contract.js';
import { ledgerWays } from '../../../dev/servers/ledgerWays.js';
import { resolveServer } from '../../../dev/servers/resolve.js';
import { temporalWays } from '../../../dev/servers/temporalWays.js';
import { fakeMachine, quietWork } from './fakeMachine.js';
import type { FakeMachine } from './fakeMachine.js';

/** Everything but the one way that asks the internet. */
const offline = (ways: readonly Way[]): Way[] => ways.filter(({ name }) => name !== 'download');

describe('the way to a server', () => {
  let machine: FakeMachine;

  beforeEach(async () => {
    machine = await fakeMachine();
  });
  afterEach(() => machine.remove());

  const temporal = (changes = {}): Promise<FoundServer> => {
    const ways = temporalWays({ ...machine.settings, ...changes });
    return resolveServer('temporal', offline(ways), quietWork);
  };
  const ledger = (): Promise<FoundServer> =>
    resolveServer('ledger', offline(ledgerWays(machine.settings)), quietWork);
  const cached = (product: string, version: string, ...path: string[]): string =>
    join(cachedFolder(machine.settings.cacheFolder, product, version), ...path);

  it('to Temporal is TEMPORAL_BIN, then PATH, then the cache', async () => {
    const inCache = await machine.program(cached('temporal', TEMPORAL_VERSION, 'temporal'));
    expect(await temporal()).toMatchObject({ kind: 'temporal', command: inCache });
    const onPath = await machine.program(join(machine.binFolder, 'temporal'));
    expect(await temporal()).toMatchObject({ command: onPath, how: `PATH: ${onPath}` });
    const named = await machine.program(join(machine.binFolder, '..', 'own-temporal'));
    expect(await temporal({ temporalBin: named })).toMatchObject({ command: named });
  });

  it('passes by a program that does not run', async () => {
    const inCache = await machine.program(cached('temporal', TEMPORAL_VERSION, 'temporal'));
    await machine.program(join(machine.binFolder, 'temporal'), false);
    expect(await temporal()).toMatchObject({ command: inCache });
  });

  it('to a ledger is mongod, secantusd-rs on PATH, then the caches, compiled first', async () => {
    const wheel = await machine.program(cached('secantus', WHEEL_VERSION, 'bin', 'secantusd-py'));
    await writeFile(cached('secantus', WHEEL_VERSION, 'complete'), '');
    expect(await ledger()).toMatchObject({ kind: 'secantusd-py', command: wheel });
    const crate = await machine.program(cached('secantus', CRATE_VERSION, 'bin', 'secantusd-rs'));
    expect(await ledger()).toMatchObject({ kind: 'secantusd-rs', command: crate });
    const old = await machine.program(join(machine.settings.mongodFolder, 'mongod-x64-7.0.9'));
    expect(await ledger()).toMatchObject({ kind: 'mongod', command: old });
    const newer = join(machine.settings.mongodFolder, 'mongod-x64-7.0.14');
    await machine.program(newer);
    expect(await ledger()).toMatchObject({ kind: 'mongod', command: newer });
    const secantus = await machine.program(join(machine.binFolder, 'secantusd-rs'));
    expect(await ledger()).toMatchObject({ kind: 'secantusd-rs', command: secantus });
    const mongod = await machine.program(join(machine.binFolder, 'mongod'));
    expect(await ledger()).toMatchObject({ kind: 'mongod', command: mongod });
  });

  it('ignores a Python environment whose installation was interrupted', async () => {
    await machine.program(cached('secantus', WHEEL_VERSION, 'bin', 'secantusd-py'));
    await expect(ledger()).rejects.toThrow('no working program');
  });

  it('keeps to the engine that wrote the data folder', async () => {
    await machine.program(join(machine.binFolder, 'mongod'));
    const crate = await machine.program(cached('secantus', CRATE_VERSION, 'bin', 'secantusd-rs'));
    const ways = offline(ledgerWays(machine.settings, { engine: 'secantus' }));
    const found = await resolveServer('ledger', ways, quietWork);
    expect(found).toMatchObject({ kind: 'secantusd-rs', command: crate });
  });

  it('is never another server than the configured one, which does not answer', async () => {
    await machine.program(join(machine.binFolder, 'temporal'));
    await machine.program(join(machine.binFolder, 'mongod'));
    const settings = {
      ...machine.settings,
      temporalAddress: '127.0.0.1:1',
      mongodbUri: 'mongodb://user:secret@127.0.0.1:1/x?directConnection=true',
    };
    const answers = await Promise.allSettled([
      resolveServer('temporal', temporalWays(settings), quietWork),
      resolveServer('ledger', ledgerWays(settings), quietWork),
    ]);
    const [forTemporal, forLedger] = answers.map((one) =>
      one.status === 'rejected' ? String(one.reason) : 'found',
    );
    expect(forTemporal).toContain('TEMPORAL_ADDRESS: no Temporal answers at 127.0.0.1:1');
    expect(forLedger).toContain('MONGODB_URI: no database answers at mongodb://127.0.0.1:1/x');
    expect(forLedger).not.toContain('secret');
    expect(forLedger).toContain('never replaced');
  });

  it('that does not exist names every step with its reason, and the ways out', async () => {
    const folder = cachedFolder('CACHE', 'temporal', TEMPORAL_VERSION);
    const said = await temporal().then(
      () => 'found',
      (error: Error) => error.message,
    );
    expect(said.replaceAll(machine.settings.cacheFolder, 'CACHE')).toBe(
      [
        "A Temporal server can't be had on this machine. Tried, in this order:",
        '  TEMPORAL_ADDRESS  not set',
        '  TEMPORAL_BIN      not set',
        '  PATH              no `temporal`',
        `  cache             no working program in ${folder}`,
        '  go install        go: not installed',
        'Ways out:',
        '  - set TEMPORAL_ADDRESS to the HOST:PORT of a running Temporal server',
        '  - put the `temporal` program on PATH, or set TEMPORAL_BIN to it',
        '  - install Go >= 1.25 and run `npm run setup`',
      ].join('\n'),
    );
  });
});
