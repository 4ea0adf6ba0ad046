import { stripeClients } from '../../../activities/stripe/client.js';

const modesOf = (keys: string) =>
  Object.entries(stripeClients(keys)).flatMap(([mode, client]) => (client ? [mode] : []));

describe('the client of a mode', () => {
  it.each([
    ['sk_test_1', ['test']],
    ['rk_live_1', ['live']],
    ['sk_live_1, sk_test_1', ['test', 'live']],
    ['', []],
  ])('of the keys "%s" there is that of %j', (keys, modes) => {
    expect(modesOf(keys)).toEqual(modes);
  });

  it('is told by how a key begins: a live key never serves test mode', () => {
    expect(modesOf('sk_live_51_test_9')).toEqual(['live']);
    expect(modesOf('sk_test_51_live_9')).toEqual(['test']);
    expect(modesOf('whsec_test_1')).toEqual([]);
  });
});
