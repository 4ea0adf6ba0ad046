import type { Ledger } from '../../../ledger/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';

/** A name belongs to the first that asks for it, until that very claim is given back. */

let servers: TestServers;
let ledger: Ledger;

beforeAll(async () => {
  servers = await startServers({ temporal: false });
  ledger = await openLedger({ uri: servers.mongodbUri });
}, 60_000);

afterAll(async () => {
  await ledger?.close();
  await servers?.stop();
});

const acme = { customer: 'acme', request: 1 };
const other = { customer: 'other', request: 1 };

test('of many that ask at once one has it, and all are told who', async () => {
  const claims = Array.from({ length: 8 }, (_unused, at) => ({ customer: `c${at}`, request: at }));
  const answers = await Promise.all(claims.map((claim) => ledger.claims.claim('many', claim)));
  expect(new Set(answers.map(({ customer }) => customer)).size).toBe(1);
});

test('a repeat answers the claim that stands; another mode’s name is another', async () => {
  expect(await ledger.claims.claim('stripe/test/cus_1', acme)).toEqual(acme);
  expect(await ledger.claims.claim('stripe/test/cus_1', { ...acme, request: 2 })).toEqual(acme);
  expect(await ledger.claims.claim('stripe/test/cus_1', other)).toEqual(acme);
  expect(await ledger.claims.claim('stripe/live/cus_1', other)).toEqual(other);
});

test('only the request that claimed gives back, and only what begins like that', async () => {
  await ledger.claims.claim('stripe/test/cus_2', acme);
  await ledger.claims.release('stripe/test/', { ...acme, request: 2 });
  await ledger.claims.release('stripe/test/', { ...other, request: 1 });
  await ledger.claims.release('stripe/live/', acme);
  expect(await ledger.claims.claim('stripe/test/cus_2', other)).toEqual(acme);
  await ledger.claims.release('stripe/test/', acme);
  expect(await ledger.claims.claim('stripe/test/cus_2', other)).toEqual(other);
});
