import fc from 'fast-check';
import { repeatedKeys } from '../../catalogue/repeatedKeys.js';

function paths(text: string): string[] {
  return repeatedKeys(text).map(({ path, value }) => `${path} = ${JSON.stringify(value)}`);
}

describe('keys that stand twice in a JSON text', () => {
  it.each([
    ['{"a": 1, "a": 2}', ['a = "a"']],
    ['{"a": 1, "a": 2, "a": 3}', ['a = "a"', 'a = "a"']],
    ['{"plans": {"pro": {"n": 1}, "free": {}, "pro": {"n": 1}}}', ['plans.pro = "pro"']],
    ['{"a": [{"b": 1}, {"b": 1, "c": [], "b": {"b": 1}}]}', ['a[1].b = "b"']],
    ['[[1, 2], [3, {"x": 1, "x": 2}]]', ['[1][1].x = "x"']],
    [String.raw`{"a\"b": 1, "a\u0022b": 2}`, [String.raw`["a\"b"] = "a\"b"`]],
    [String.raw`{"a": "{\"a\": 1, \"a\": 2}", "b\\": "a", "c": "\\"}`, []],
    ['{"a": "a", "b": ["a", "a"], "c": {"a": {"a": "a"}}}', []],
    ['{}', []],
    ['5', []],
    ['"a"', []],
  ])('%s', (text, expected) => {
    expect(paths(text)).toEqual(expected);
  });

  it('says that all but the last would be lost', () => {
    expect(repeatedKeys('{"a": 1, "a": 2}')).toEqual([
      { path: 'a', value: 'a', message: 'stands twice: all but the last would be lost' },
    ]);
  });

  it('are never found in what a program has written', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(repeatedKeys(text)).toEqual([]);
      }),
    );
  });
});
