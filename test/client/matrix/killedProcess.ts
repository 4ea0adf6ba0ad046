import { Durabill } from '../../../client/durabill.js';
import { FAST_RETRY } from '../fastClient.js';
import { Provider, type Attempt } from './provider.js';
import { WAYS, type WayName } from './ways.js';

/** An app of its own process, to be killed: says `silent` or `done` and stays. */

const [way = '', attempt = '', url = '', folder = ''] = process.argv.slice(2);
const journal = { folder };
const client = new Durabill({ url, key: 'dbk_test_1', timeoutMs: 300, retry: FAST_RETRY, journal });
const provider = new Provider([attempt as Attempt]);

setInterval(() => {
  if (provider.isSilent) process.stdout.write('silent\n');
}, 10);

WAYS[way as WayName](client, provider, new AbortController().signal).then(
  () => process.stdout.write('done\n'),
  (error: unknown) => process.stderr.write(`${String(error)}\n`),
);
