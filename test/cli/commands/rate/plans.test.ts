import type { Catalogue, Price } from '../../../../billing/catalogue.js';
import { CATALOGUE, METERS } from '../../../billing/contractCatalogue.js';
import { figuresOf, onePrice, RateCommand } from './rating.js';

const command = new RateCommand();
beforeAll(() => command.open());
afterAll(() => command.close());

const perUnit: Price = { type: 'perUnit', unitAmountMinor: '1.2' };

describe('durabill rate: whole plans', () => {
  it('priced meters in the order of the plan, then the base: as the contract shows', async () => {
    const { plans } = CATALOGUE;
    const catalogue = { ...CATALOGUE, plans: { ...plans, p: { ...plans.pro, name: 'Pro' } } };
    const line = (more: object) => ({ meter: 'tokens', ...more });
    expect(await command.printed(catalogue, '{"tokens": 2345678}')).toEqual({
      currency: 'usd',
      lines: [
        line({
          ref: 'tokens/tier-1',
          description: 'Tokens: first 1,000,000 included',
          quantity: 1_000_000,
          unitAmountMinor: '0',
          amountMinor: 0,
        }),
        line({
          ref: 'tokens/tier-2',
          description: 'Tokens: 1,000,001 to 5,000,000',
          quantity: 1_345_678,
          unitAmountMinor: '0.0005',
          amountMinor: 673,
        }),
        {
          ref: 'base',
          description: 'Pro',
          quantity: 1,
          unitAmountMinor: '2900',
          amountMinor: 2900,
        },
      ],
      subtotalMinor: 3573,
    });
  });

  it('derived meters go by their own names; a meter without a price costs nothing', async () => {
    const prices = { large: perUnit, requests: perUnit };
    const p = { name: 'P', interval: 'month' as const, prices: { large: prices.large } };
    const catalogue: Catalogue = { currency: 'usd', meters: METERS, plans: { p } };
    const usage = '{"large": 10, "output_tokens": 99, "requests": 3}';
    const { lines, subtotalMinor } = await command.printed(catalogue, usage);
    expect(lines.map(figuresOf)).toEqual([['large', 10, '1.2', 12]]);
    expect(subtotalMinor).toBe(12);
  });

  it('lines follow the plan, not the order of the usage', async () => {
    const meters = { b: METERS.images, a: METERS.images, m: METERS.images } as never;
    const prices = { b: perUnit, m: perUnit, a: perUnit };
    const p = { name: 'P', interval: 'month' as const, prices };
    const printed = await command.printed(
      { currency: 'usd', meters, plans: { p } },
      '{"a": 1, "m": 1, "b": 1}',
    );
    expect(printed.lines.map(({ ref }) => ref)).toEqual(['b', 'm', 'a']);
    expect(printed.subtotalMinor).toBe(3);
  });

  it('no usage: the base alone; no base either: nothing', async () => {
    const based = onePrice(perUnit, 'm', { baseAmountMinor: 500 });
    expect((await command.printed(based, '{}')).lines.map(figuresOf)).toEqual([
      ['base', 1, '500', 500],
    ]);
    const empty = { currency: 'usd', lines: [], subtotalMinor: 0 };
    expect(await command.printed(onePrice(perUnit), '{}')).toEqual(empty);
    expect(await command.printed(onePrice(perUnit), '{"m": 0}')).toEqual(empty);
  });

  it('yen have no minor unit: amounts are whole yen', async () => {
    const catalogue = { ...onePrice({ type: 'perUnit', unitAmountMinor: '0.5' }), currency: 'jpy' };
    expect(await command.printed(catalogue, '{"m": 3}')).toMatchObject({
      currency: 'jpy',
      subtotalMinor: 2,
    });
    expect((await command.run(catalogue, '{"m": 3}')).stdout).toMatch(/¥0\.5 .*¥2 /);
  });
});

describe('durabill rate: credits', () => {
  it.each([
    ['"10"', [['credits', '10', '1.2', 12]]],
    ['"0.000001"', [['credits', '0.000001', '1.2', 0]]],
    ['"0.416667"', [['credits', '0.416667', '1.2', 1]]],
    ['"0.416666"', [['credits', '0.416666', '1.2', 0]]],
    ['"2.50"', [['credits', '2.5', '1.2', 3]]],
    ['"0"', []],
    ['7', [['credits', '7', '1.2', 8]]],
  ])('%s of them are a decimal string, in and out', async (quantity, lines) => {
    const printed = await command.printed(onePrice(perUnit, 'credits'), `{"credits": ${quantity}}`);
    expect(printed.lines.map(figuresOf)).toEqual(lines);
  });

  it('whole credits are included, sold in packages and cut into tiers', async () => {
    const included = { ...perUnit, included: 2 };
    const half = await command.printed(onePrice(included, 'credits'), '{"credits": "2.5"}');
    expect(half.lines.map(figuresOf)).toEqual([
      ['credits/included', '2', '0', 0],
      ['credits', '0.5', '1.2', 1],
    ]);
    const packages: Price = { type: 'package', size: 2, packageAmountMinor: '50' };
    const begun = await command.printed(onePrice(packages, 'credits'), '{"credits": "4.000001"}');
    expect(begun.lines.map(figuresOf)).toEqual([['credits', '4.000001', '50', 150, 3]]);
    const tiers = [
      { upTo: 2, unitAmountMinor: '10' },
      { upTo: 'inf' as const, unitAmountMinor: '5', flatAmountMinor: 3 },
    ];
    const cut = await command.printed(
      onePrice({ type: 'graduated', tiers }, 'credits'),
      '{"credits": "2.2"}',
    );
    expect(cut.lines.map(figuresOf)).toEqual([
      ['credits/tier-1', '2', '10', 20],
      ['credits/tier-2', '0.2', '5', 1],
      ['credits/tier-2/flat', 1, '3', 3],
    ]);
  });
});

describe('durabill rate: usage that can’t be rated', () => {
  const WHOLE = 'must be a whole number from 0 to 2^53-1';
  const CREDITS = 'must be a decimal string of credits';
  it.each([
    ['{"x": 1}', 'usage.x = 1: is no meter of the catalogue'],
    ['{"__proto__": 1}', 'usage.__proto__ = 1: is no meter of the catalogue'],
    ['{"m": -1}', `usage.m = -1: ${WHOLE}`],
    ['{"m": 0.5}', `usage.m = 0.5: ${WHOLE}`],
    ['{"m": 9007199254740992}', `usage.m = 9007199254740992: ${WHOLE}`],
    ['{"m": 1e400}', `usage.m = null: ${WHOLE}`],
    ['{"m": "1e3"}', `usage.m = "1e3": ${WHOLE}`],
    ['{"m": "5"}', `usage.m = "5": ${WHOLE}`],
    ['{"m": null}', `usage.m = null: ${WHOLE}`],
    ['{"m": [1]}', `usage.m = [1]: ${WHOLE}`],
    ['{"m": true}', `usage.m = true: ${WHOLE}`],
    ['{"credits": "1.0000001"}', `usage.credits = "1.0000001": ${CREDITS}, 0 or more`],
    ['{"credits": "-1"}', `usage.credits = "-1": ${CREDITS}, 0 or more`],
    ['{"credits": 0.5}', `usage.credits = 0.5: ${CREDITS}, such as "12.5"`],
    ['{"m": 1, "m": 2}', 'usage.m = "m": stands twice'],
    ['{"m": 1', '--usage is no JSON: {"m": 1'],
    ['null', '--usage must be an object of quantities by meter: null'],
    ['"m"', '--usage must be an object of quantities by meter: "m"'],
  ])('%s is refused: exit 2, nothing rated', async (usage, message) => {
    const { exitCode, stdout, stderr } = await command.run(onePrice(perUnit), usage, '--json');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('every fault at once, one a line', async () => {
    const { stderr } = await command.run(onePrice(perUnit), '{"m": -1, "x": 1, "credits": "a"}');
    expect(stderr.split('\n')).toHaveLength(3);
  });

  it('an amount that no whole number holds is refused, not rounded', async () => {
    const usage = `{"m": ${Number.MAX_SAFE_INTEGER}}`;
    expect((await command.run(onePrice(perUnit), usage)).exitCode).toBe(2);
    const one: Price = { type: 'perUnit', unitAmountMinor: '1' };
    const tooMuch = await command.run(onePrice(one, 'm', { baseAmountMinor: 1 }), usage);
    expect(tooMuch).toMatchObject({ exitCode: 2, stdout: '' });
    expect(tooMuch.stderr).toContain('beyond 2^53-1 minor units');
  });
});

describe('durabill rate: plans by name and version', () => {
  it.each([
    ['p', 0],
    ['p@3', 0],
    ['p@1', 2],
    ['p@3@3', 2],
    ['p@', 2],
    ['@', 2],
    ['__proto__', 2],
  ])('%s ends with %d', async (name, exitCode) => {
    const catalogue = onePrice(perUnit, 'm', { version: 3 });
    // The option that comes last counts.
    const ending = await command.run(catalogue, '{}', '--plan', name);
    expect(ending.exitCode).toBe(exitCode);
    const refusal = `There is no plan ${name}; the catalogue has: p@3.`;
    expect(ending.stderr).toBe(exitCode === 2 ? refusal : '');
  });
});
