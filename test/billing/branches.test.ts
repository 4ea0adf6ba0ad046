import { reportedBranches, sharedMeter, summedBranches } from '../../billing/branches.js';
import type { Meter } from '../../billing/catalogue.js';
import { METERS } from './contractCatalogue.js';

const sum: Meter = { name: 'M', unit: 'u', aggregation: 'sum' };
const leaf = (id: string) => ({ leaf: id, conditions: [] });

describe('a derived meter flattened', () => {
  it('ends at reported meters, with every `where` on the way', () => {
    const large = [{ name: 'model', values: ['large', 'huge'] }];
    expect(reportedBranches(METERS, 'large')).toEqual([
      { leaf: 'input_tokens', conditions: large },
      { leaf: 'output_tokens', conditions: large },
    ]);
    const meters = {
      ...METERS,
      both: { ...sum, of: ['large', 'images'], where: { model: ['huge', 'x'], team: 't' } },
    };
    expect(reportedBranches(meters, 'both').slice(1)).toEqual([
      {
        leaf: 'output_tokens',
        conditions: [
          { name: 'model', values: ['huge'] },
          { name: 'team', values: ['t'] },
        ],
      },
      {
        leaf: 'images',
        conditions: [
          { name: 'model', values: ['huge', 'x'] },
          { name: 'team', values: ['t'] },
        ],
      },
    ]);
  });

  it('what no event can meet is no way at all; the same way is one', () => {
    const meters = {
      ...METERS,
      never: { ...sum, of: ['large'], where: { model: 'small' } },
      twice: { ...sum, of: ['tokens', 'input_tokens'] },
    };
    expect(reportedBranches(meters, 'never')).toEqual([]);
    const each = [leaf('input_tokens'), leaf('output_tokens')];
    expect(reportedBranches(meters, 'twice')).toEqual(each);
  });

  it('sums end at derived counts too, which count by themselves', () => {
    const meters = { ...METERS, calls: { ...sum, of: ['requests', 'images'] } };
    expect(summedBranches(meters, 'calls')).toEqual([leaf('requests'), leaf('images')]);
    expect(summedBranches(meters, 'requests')).toEqual([leaf('requests')]);
    expect(summedBranches(meters, 'images')).toEqual([leaf('images')]);
    expect(reportedBranches(meters, 'calls').map((branch) => branch.leaf)).toEqual([
      'input_tokens',
      'output_tokens',
      'images',
    ]);
  });

  it('ends in a circle too, which is a fault that others tell', () => {
    const meters = { a: { ...sum, of: ['b', 'x'] }, b: { ...sum, of: ['a'] }, x: sum };
    expect(reportedBranches(meters, 'a')).toEqual([leaf('x')]);
    expect(reportedBranches(meters, 'b')).toEqual([leaf('x')]);
  });

  it('two meters share what one event can bring to both', () => {
    expect(sharedMeter(METERS, 'tokens', 'large')).toBe('input_tokens');
    expect(sharedMeter(METERS, 'tokens', 'images')).toBeNull();
  });
});
