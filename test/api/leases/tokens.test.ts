import fc from 'fast-check';
import type { GrantedReservation } from '../../../api/decisions/contract.js';
import { createTokens } from '../../../api/leases/tokens.js';
import { isId } from '../../../api/schemas/text.js';

const SECRET = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const KEY = { mode: 'test', customer: 'acme', life: 1 } as const;

type Content = Omit<GrantedReservation, 'token' | 'limits'>;
type Leased = Parameters<ReturnType<typeof createTokens>['name']>[0];

const EXACT: Content = {
  key: KEY,
  id: 'r_1',
  user: 'u_1',
  quantities: { output_tokens: 500 },
  properties: { model: 'large' },
  hold: 'r_1#7@3',
  isLeased: false,
  grantedAtMs: 1_790_000_000_000,
  expiresAtMs: 1_790_000_060_000,
  since: 41,
  hash: 'x'.repeat(43),
};

const LEASED: Leased = {
  key: KEY,
  user: 'u_1',
  quantities: { output_tokens: 500, input_tokens: 0 },
  properties: { model: 'large' },
  hold: 'l_AbCd12_-#7@300',
  number: 12,
  grantedAtMs: 1_790_000_000_000,
  expiresAtMs: 1_790_000_069_999,
  since: 41,
};

const tokens = createTokens(SECRET);

/** The id that the text certainly has. */
function named(leased: Leased): string {
  const id = tokens.name(leased);
  if (id === null) throw new Error('the id does not fit');
  return id;
}

function sealed(leased: Leased): Content {
  const { number: _number, ...rest } = leased;
  const id = named(leased);
  return { ...rest, id, hash: id, isLeased: true };
}

const text = fc.string({ unit: 'grapheme', maxLength: 512 });
const idText = fc.stringMatching(/^[!#-.0-;=?-[\]-~]{1,128}$/);
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).filter((it) => it !== '__proto__');
const count = fc.oneof(fc.maxSafeNat(), fc.nat(200));

const contents: fc.Arbitrary<Content> = fc
  .record({
    key: fc.record({ mode: fc.constantFrom('test', 'live'), customer: idText, life: count }),
    id: idText,
    user: fc.option(idText),
    quantities: fc.dictionary(name, fc.maxSafeNat(), { maxKeys: 20 }),
    properties: fc.dictionary(name, text, { maxKeys: 20 }),
    grantedAtMs: fc.maxSafeNat(),
    expiresAtMs: fc.maxSafeNat(),
    since: count,
    hash: fc.string({ maxLength: 60 }),
  })
  .chain((rest) => {
    const own = fc.nat().map((serial) => `${rest.id}#${serial}@3`);
    return fc.record({ hold: fc.oneof(own, fc.constant('other#1@2')) }).map(({ hold }) => {
      return { ...rest, hold, isLeased: false } as Content;
    });
  });

const leased: fc.Arbitrary<Leased> = fc.record({
  key: fc.record({ mode: fc.constantFrom('test', 'live'), customer: idText, life: count }),
  user: fc.option(fc.oneof(idText, fc.uuid())),
  quantities: fc.dictionary(name, fc.maxSafeNat(), { maxKeys: 4 }),
  properties: fc.dictionary(name, fc.oneof(text, fc.uuid()), { maxKeys: 3 }),
  number: count,
  hold: fc
    .tuple(fc.stringMatching(/^l_[A-Za-z0-9_-]{8}$/), fc.nat(), fc.nat())
    .map(([lease, serial, epoch]) => `${lease}#${serial}@${epoch}`),
  grantedAtMs: fc.nat({ max: 2_000_000_000_000 }),
  since: count,
}).chain((rest) =>
  fc.nat(70_000).map((life) => ({ ...rest, expiresAtMs: rest.grantedAtMs + life }) as Leased),
);

describe('a token', () => {
  it('tells all of a reservation, or at least whose and which it is, in 1,024 characters', () => {
    fc.assert(
      fc.property(contents, (content) => {
        const token = tokens.seal(content);
        expect(token.length).toBeLessThanOrEqual(1_024);
        const opened = tokens.open(token);
        expect(opened).toMatchObject({ key: content.key, id: content.id });
        if (opened?.reservation) {
          expect(opened.reservation).toEqual({ ...content, token, limits: [] });
        }
      }),
      { seed: 11 },
    );
  });

  it('carries the whole of an ordinary reservation, and the id alone of a huge one', () => {
    expect(tokens.open(tokens.seal(EXACT))?.reservation).toMatchObject(EXACT);
    const huge = { ...EXACT, properties: { team: 'x'.repeat(512), project: 'y'.repeat(512) } };
    expect(tokens.open(tokens.seal(huge))).toEqual({ key: KEY, id: 'r_1', reservation: null });
  });

  it('opens for nobody once a single character is another, or with another secret', () => {
    for (const content of [EXACT, sealed(LEASED)]) {
      const token = tokens.seal(content);
      for (let at = 0; at < token.length; at += 1) {
        const other = token[at] === 'A' ? 'B' : 'A';
        const forged = token.slice(0, at) + other + token.slice(at + 1);
        expect([at, tokens.open(forged)]).toEqual([at, null]);
      }
      expect(tokens.open(token.slice(0, -1))).toBeNull();
      expect(tokens.open(`${token}A`)).toBeNull();
      expect(createTokens(OTHER).open(token)).toBeNull();
    }
    for (const no of ['', 'r', 'r.', 'l..', 'n.W10.', 'l.W10.r_1', 'x'.repeat(2_000)]) {
      expect(tokens.open(no)).toBeNull();
    }
  });

  it('of an old secret opens while both are given; the first one seals', () => {
    const rotating = createTokens(`${OTHER}, ${SECRET}`);
    expect(rotating.open(tokens.seal(EXACT))?.id).toBe('r_1');
    expect(tokens.open(rotating.seal(EXACT))).toBeNull();
    expect(createTokens(OTHER).open(rotating.seal(EXACT))?.id).toBe('r_1');
    const old = named(LEASED);
    expect(rotating.named(KEY, old)?.quantities).toEqual(LEASED.quantities);
    expect(tokens.named(KEY, rotating.name(LEASED) ?? '')).toBeNull();
  });

  it('is not made with a secret that can be guessed', () => {
    expect(() => createTokens('short')).toThrow(/1 of 1 token secrets/);
    expect(() => createTokens(`${SECRET},`)).toThrow(/1 of 2 token secrets/);
  });
});

describe('an id out of a lease', () => {
  it('is an id, and with its customer tells all that its token tells', () => {
    let fitting = 0;
    fc.assert(
      fc.property(leased, (given) => {
        const id = tokens.name(given);
        if (id === null) return;
        fitting += 1;
        expect(isId(id)).toBe(true);
        const { number: _number, ...rest } = given;
        const content = { ...rest, id, hash: id, isLeased: true };
        const token = tokens.seal(content);
        const whole = { ...content, token, limits: [] };
        expect(tokens.named(given.key, id)).toEqual(whole);
        expect(tokens.open(token)).toEqual({ key: given.key, id, reservation: whole });
        expect(token.length).toBeLessThanOrEqual(1_024);
      }),
      { seed: 12, numRuns: 500 },
    );
    expect(fitting).toBeGreaterThan(30);
  });

  it('has room for a UUID of a user, two meters and a property', () => {
    const user = '01234567-89ab-4def-8123-456789abcdef';
    expect(tokens.named(KEY, named({ ...LEASED, user }))?.user).toBe(user);
  });

  it('differs for each reservation of a lease', () => {
    expect(named(LEASED)).not.toBe(named({ ...LEASED, number: 13 }));
  });

  it('names nothing for another customer, mode or life, and nothing once altered', () => {
    const id = named(LEASED);
    expect(tokens.named({ ...KEY, customer: 'acmf' }, id)).toBeNull();
    expect(tokens.named({ ...KEY, mode: 'live' }, id)).toBeNull();
    expect(tokens.named({ ...KEY, life: 2 }, id)).toBeNull();
    for (let at = 0; at < id.length; at += 1) {
      const forged = id.slice(0, at) + (id[at] === 'A' ? 'B' : 'A') + id.slice(at + 1);
      expect([at, tokens.named(KEY, forged)]).toEqual([at, null]);
    }
  });

  it('is not made where it would be too long, or where the lease is not of our naming', () => {
    expect(tokens.name({ ...LEASED, properties: { team: 'x'.repeat(80) } })).toBeNull();
    expect(tokens.name({ ...LEASED, hold: 'mine#1@1' })).toBeNull();
    expect(tokens.named(KEY, 'r_1')).toBeNull();
  });
});
