import fc from 'fast-check';
import { checkEvent } from '../../../api/events/checkEvent.js';
import { prototypeKeyFaults } from '../../../api/http/json.js';
import { eventSchema } from '../../../api/schemas/event.js';

/** The fast check and the schema of the documentation must never disagree. */

/** As every body without a check of its own is judged: by its keys, then by its schema. */
function isDocumented(value: unknown): boolean {
  return prototypeKeyFaults(value).length === 0 && eventSchema.safeParse(value).success;
}

const named = (letter: string, count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${letter}${at}`, 1]));

const oddText = fc.oneof(
  fc.constantFrom('', 'a', 'a b', 'a/b', 'ä', '\ud800', '__proto__', 'constructor', 'x<y', 'a\n'),
  fc.string({ maxLength: 300 }),
  fc.constant('y'.repeat(129)),
  fc.constant('z'.repeat(256)),
);
const oddNumber = fc.oneof(
  fc.constantFrom(-0, 0, 1, -1, 1.5, 2 ** 53 - 1, 2 ** 53, NaN, Infinity),
  fc.integer(),
  fc.double(),
);
const odd: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  oddNumber,
  fc.boolean(),
  fc.constant(null),
  fc.constant({ $ne: null }),
  fc.array(fc.integer(), { maxLength: 2 }),
);
const mostly = <Value>(usual: fc.Arbitrary<Value>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: usual }, { weight: 1, arbitrary: odd });

const id = fc.constantFrom('e1', 'auth0|1', 'a+b@x.io', 'c'.repeat(128));
const name = fc.constantFrom('tokens', 'input_tokens', 'A-1');
const time = fc.constantFrom(
  '2026-11-01T12:00:00Z',
  '2026-11-01T12:00:00.5-08:00',
  '2026-11-01t12:00:00.123456789+05:30',
  '2016-12-31T23:59:60Z',
  '2026-02-30T00:00:00Z',
  '2026-11-01 12:00:00Z',
  '2026-11-01T12:00:00',
  '1969-12-31T00:00:00Z',
);
const quantities = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.dictionary(name, mostly(fc.nat()), { minKeys: 1, maxKeys: 3 }),
  },
  { weight: 1, arbitrary: fc.dictionary(oddText, oddNumber, { maxKeys: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constant(named('m', 101)),
  },
);
const properties = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.dictionary(name, mostly(fc.oneof(fc.string(), fc.boolean(), fc.integer()))),
  },
  { weight: 1, arbitrary: fc.dictionary(oddText, odd, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.constant(named('p', 21)) },
);

const event = fc.record(
  {
    id: mostly(id),
    customer: mostly(id),
    user: mostly(id),
    quantities: mostly(quantities),
    meter: mostly(name),
    quantity: mostly(fc.nat()),
    timestamp: mostly(time),
    properties: mostly(properties),
    cacheHit: mostly(fc.boolean()),
    lease: mostly(id),
    extra: odd,
  },
  { requiredKeys: [] },
);
const full = fc.tuple(event, fc.boolean()).map(([made, short]) => {
  const { quantities: map, meter, quantity, extra, ...rest } = made;
  const one = { meter: meter ?? 'tokens', quantity: quantity ?? 1 };
  const amounts = short ? one : { quantities: map ?? { images: 1 } };
  return { id: 'e1', customer: 'c1', ...rest, ...amounts, ...(extra === null ? { extra } : {}) };
});

test('the fast check takes exactly what the documented schema takes', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.oneof(event, full, odd), (made) => {
      const fast = 'event' in checkEvent(made, '');
      const slow = isDocumented(made);
      if (fast) taken += 1;
      if (fast !== slow) throw new Error(`fast ${fast}, schema ${slow}`);
    }),
    { numRuns: 5000, seed: jest.getSeed() },
  );
  expect(taken).toBeGreaterThan(200);
});

test.each(['__proto__', 'constructor', 'prototype'])('%s is no name in either', (key) => {
  for (const field of ['quantities', 'properties', '']) {
    const inner = `{"${key}":1}`;
    const rest = field === 'quantities' ? '' : ',"quantities":{"tokens":1}';
    const part = field === '' ? `,"${key}":1` : `,"${field}":${inner}`;
    const value: unknown = JSON.parse(`{"id":"a","customer":"b"${rest}${part}}`);
    expect('event' in checkEvent(value, '')).toBe(false);
    expect(isDocumented(value)).toBe(false);
  }
});
