import fc from 'fast-check';
import type { CreditAccount, Lot } from '../../../billing/credits/account.js';
import {
  balanceOf,
  ENTRIES_KEPT,
  NO_CREDITS,
  NO_CREDITS_ALL_ENTRIES,
} from '../../../billing/credits/account.js';
import { burn } from '../../../billing/credits/burns.js';
import { addCredits } from '../../../billing/credits/lots.js';
import { NaiveAccount } from './naive.js';
import type { Happening, Played } from './script.js';
import { begin, close, LARGEST_ROLLOVER, life, play } from './script.js';
import { START_MS } from './world.js';

/** Laws of every account, checked after each thing that happens in thousands of random lives. */

const RUNS = { numRuns: 2000 };

function born(account: CreditAccount = NO_CREDITS_ALL_ENTRIES): Played {
  const naive = new NaiveAccount();
  const played = { account, naive, open: 0, closed: -1, used: 0, forgiven: 0 };
  begin(played, 0);
  return played;
}

/** Plays a life and looks at the account after each step. */
function inEachLife(look: (played: Played, burned: [string[], string[]]) => void): void {
  fc.assert(
    fc.property(life, (happenings: Happening[]) => {
      const played = born();
      for (const happening of happenings) look(played, play(played, happening));
    }),
    RUNS,
  );
}

/** Plays a life and looks at the account at its end: a life's beginning is a life, too. */
function afterEachLife(look: (played: Played) => void): void {
  fc.assert(
    fc.property(life, (happenings: Happening[]) => {
      const played = born();
      for (const happening of happenings) play(played, happening);
      look(played);
    }),
    RUNS,
  );
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

test('credits in are credits burned, expired and left, always', () => {
  afterEachLife(({ account, naive }) => {
    const balance = sum(account.lots.map((lot) => lot.left));
    expect(account.totals.in).toBe(account.totals.burned + account.totals.expired + balance);
    expect(balanceOf(account)).toBe(balance);
    expect(account.totals).toEqual({
      in: naive.in,
      burned: sum(Object.values(naive.burnt)),
      expired: naive.expired,
    });
  });
});

test('no lot is ever overdrawn, and nothing owed is negative', () => {
  inEachLife(({ account }) => {
    expect(account.lots.filter((lot) => lot.left < 0 || lot.left > lot.amount)).toEqual([]);
    expect(Object.values(account.uncovered).filter((owed) => owed <= 0)).toEqual([]);
  });
});

test('every micro-credit used is paid by a lot, owed, or was taken back while owed', () => {
  inEachLife(({ account, used, forgiven }) => {
    const owed = sum(Object.values(account.uncovered));
    expect(account.totals.burned + owed + forgiven).toBe(used);
  });
});

function leftByLot(lots: readonly { id: string; left: number }[]): Record<string, number> {
  const holding = lots.filter((lot) => lot.left > 0);
  return Object.fromEntries(holding.map((lot) => [lot.id, lot.left]));
}

test('lots burn in the order that a search for the first one finds', () => {
  inEachLife(({ account, naive }, [from, expected]) => {
    expect(from).toEqual(expected);
    expect(leftByLot(account.lots)).toEqual(leftByLot(naive.lots));
    const owed = Object.entries(naive.uncovered).filter(([, amount]) => amount > 0);
    expect(account.uncovered).toEqual(Object.fromEntries(owed));
  });
});

test('a statement adds up line by line and never shows a balance below zero', () => {
  afterEachLife(({ account, naive }) => {
    let before = 0;
    const running = account.entries.map((entry) => (before += entry.amount));
    expect(account.entries.map((entry) => entry.balanceAfter)).toEqual(running);
    expect(Math.min(...running)).toBeGreaterThanOrEqual(0);
    expect(before).toBe(balanceOf(account));
    const burns = account.entries.filter((entry) => entry.kind === 'burn');
    const shown = Object.fromEntries(burns.map((entry) => [entry.id, -entry.amount]));
    expect(shown).toEqual(naive.burnt);
    expect(burns).toHaveLength(Object.keys(naive.burnt).length);
  });
});

test('the state keeps the newest entries alone, and all else is as with every entry', () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 4, maxLength: 6 }), (lives) => {
      const whole = born();
      const short = born(NO_CREDITS);
      for (const happening of lives.flat()) {
        play(whole, happening);
        play(short, happening);
        const { entries, ...others } = short.account;
        expect(entries.length).toBeLessThanOrEqual(ENTRIES_KEPT);
        expect(entries.at(-1)?.balanceAfter).toBe(balanceOf(whole.account));
        const { entries: all, allEntries, ...expected } = whole.account;
        expect(others).toEqual(expected);
        expect(allEntries).toBe(true);
        expect(all.length).toBeGreaterThanOrEqual(entries.length);
      }
    }),
    { numRuns: 200 },
  );
});

test('a grant, a gift and a close that come again change nothing', () => {
  afterEachLife((played) => {
    const before = played.account;
    begin(played, played.open);
    for (const lot of before.lots) giveAgain(played, lot);
    if (played.closed >= 0) {
      begin(played, played.closed);
      close(played, played.closed);
    }
    expect(played.account).toEqual(before);
  });
});

/** The same command once more: its lot's id is known. */
function giveAgain(played: Played, lot: Lot): void {
  const kind = lot.kind === 'purchase' ? 'promotion' : 'purchase';
  const id = lot.id.replace('credit/', '');
  if (id === lot.id) return;
  played.account = addCredits(played.account, { id, kind, amount: '3', atMs: START_MS });
}

test('what rolls over is at most what the plan allows, and comes once a period', () => {
  afterEachLife(({ account }) => {
    const rolled = account.entries.filter((entry) => entry.kind === 'rollover');
    expect(new Set(rolled.map((entry) => entry.id)).size).toBe(rolled.length);
    const amounts = rolled.map((entry) => entry.amount);
    expect(amounts.filter((amount) => amount <= 0 || amount > LARGEST_ROLLOVER)).toEqual([]);
  });
});

test('a burn split in two of the same minute is the same burn', () => {
  fc.assert(
    fc.property(life, fc.nat(30_000_000), fc.nat(30_000_000), (happenings, one, two) => {
      const played = born();
      for (const happening of happenings) play(played, happening);
      const usage = { segment: 0, atMs: START_MS + 90_000, because: {} };
      const whole = burn(played.account, { ...usage, microCredits: one + two });
      const first = burn(played.account, { ...usage, microCredits: one });
      const second = burn(first.account, { ...usage, microCredits: two });
      expect(second.account).toEqual(whole.account);
      expect(first.uncovered + second.uncovered).toBe(whole.uncovered);
    }),
    RUNS,
  );
});
