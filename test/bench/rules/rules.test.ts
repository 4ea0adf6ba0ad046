import { checking, crowd, reserving } from '../../../bench/rules/decision.js';
import { eventFolding } from '../../../bench/rules/fold.js';
import { invoiceRating } from '../../../bench/rules/invoice.js';
import { figuresOf, measure } from '../../../bench/rules/measure.js';
import { rulesLines, rulesTable } from '../../../bench/rules/report.js';

const RULE = { name: 'rule', what: 'nothing', calls: 1_000, goalMicros: 2 };
const COMPUTER = {
  cores: 2,
  processor: 'p',
  memoryGib: 4,
  system: 's',
  node: 'v20',
  loadBefore: 0,
};

describe('the benchmark of the rules', () => {
  it('checks what it measures: an invoice to the unit, every event once', () => {
    expect(invoiceRating().round().fault).toBeNull();
    expect(eventFolding(1_300).round().fault).toBeNull();
  });

  it('checks that half of the crowd is denied, every reservation granted, the state small', () => {
    const customer = crowd();
    expect(checking(customer).round().fault).toBeNull();
    expect(reserving(customer).round().fault).toBeNull();
    expect(checking({ ...customer, counters: {} }).round().fault).toMatch(/denied/);
    expect(reserving({ ...customer, halted: 'x' }).round().fault).toBe('0 were granted');
  });

  it('does not count the warm-up, and tells of faults in every round', () => {
    let round = 0;
    const figures = measure(
      {
        ...RULE,
        round: () => {
          round += 1;
          return { elapsedMs: round === 1 ? 1_000 : round, fault: round === 1 ? 'cold' : null };
        },
      },
      3,
    );
    expect(figures.rounds).toEqual([2, 3, 4]);
    expect(figures.faults).toEqual(['rule: cold']);
  });

  it('shows the median round, the fastest and the slowest', () => {
    const rounds = [5, 1, 3].map((elapsedMs) => ({ elapsedMs }));
    expect(figuresOf(RULE, rounds, [])).toMatchObject({
      medianMicros: 3,
      fastestMicros: 1,
      slowestMicros: 5,
      perSecond: 333_333,
      roundMs: 3,
    });
    expect(() => figuresOf(RULE, [], [])).toThrow(RangeError);
  });

  it('says which goals are met and what is wrong', () => {
    const missed = figuresOf(RULE, [{ elapsedMs: 3 }], ['rule: 1, not 2']);
    const met = figuresOf(RULE, [{ elapsedMs: 2 }], []);
    expect(rulesTable([missed])).toContain('MISSED: 2');
    expect(rulesTable([met])).toContain('met: 2');
    expect(rulesTable([{ ...met, goalMicros: null }])).not.toContain('met');
    expect(rulesLines([missed], COMPUTER)).toContain('WRONG: rule: 1, not 2');
    expect(rulesLines([met], COMPUTER)).toContain('Every result is as it must be.');
  });
});
