import { actsOf, endingOf, endsOf, onlyCount } from '../../billing/entries.js';
import type { CommandEntry, FenceEntry } from '../../billing/log.js';
import { part, settle, voiding } from './countedEntries.js';
import { usage } from './publishedCatalogue.js';

const fence: FenceEntry = { kind: 'fence', id: 'fence/x', fence: { type: 'epoch' }, hash: 'f' };
const clock = { type: 'clock', toMs: 1, segment: null } as const;
const command: CommandEntry = { kind: 'command', id: 'command/c', command: clock, hash: 'c' };
const event = usage('a', { images: 1 });
const commit = settle('r', [part({ images: 1 })]);

describe('what entries do besides counting', () => {
  it('commands and fences act, in their order; the others only count', () => {
    expect(actsOf([event, command, commit, fence, voiding(event)])).toEqual([command, fence]);
    expect(onlyCount([event, commit, voiding(event)])).toBe(true);
    expect([onlyCount([event, fence]), onlyCount([command]), onlyCount([])]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('a settle ends the hold of each part, or settles so much of a lease, in order', () => {
    const settled = { images: 2 };
    const parts = [
      part({ images: 1 }, { hold: 'r#1@1' }),
      part({ images: 2 }, { hold: 'l#2@1', settled }),
    ];
    const other = settle('b', [part({}, { hold: 'b#3@1' })]);
    const ends = endsOf([event, settle('a', parts), fence, other]);
    expect(ends).toEqual([{ hold: 'r#1@1' }, { hold: 'l#2@1', settled }, { hold: 'b#3@1' }]);
    expect(Object.keys(ends[0] ?? {})).toEqual(['hold']);
  });

  it('usage that names a lease ends the hold had for it, and needs its fences read', () => {
    const drawn = { hold: 'event/a#4@1', used: {}, writeOff: {}, counts: true, since: 9 };
    const of = usage('a', { images: 1 }, { lease: 'l', drawn });
    const without = usage('b', { images: 1 }, { lease: 'l', drawn: { ...drawn, hold: null } });
    expect(endsOf([of, without, event])).toEqual([{ hold: 'event/a#4@1' }]);
    expect(endingOf(of)).toEqual({ holds: ['event/a#4@1'], since: 9 });
    expect([endingOf(without), endingOf(event), endingOf(fence)]).toEqual([null, null, null]);
    expect(endingOf(commit)).toEqual({ holds: ['r#1@1'], since: 0 });
  });

  it('a release and a cache hit end holds, too; a part that had none ends none', () => {
    const released = settle('a', [part({ images: 0 })], { outcome: 'released' });
    const free = settle('b', [part({}, { hold: 'b#2@1' })], { outcome: 'cacheHit' });
    const lost = settle('c', [part({}, { hold: null, writeOff: { images: 1 }, counts: false })]);
    expect(endsOf([released, free, lost])).toEqual([{ hold: 'r#1@1' }, { hold: 'b#2@1' }]);
    expect(endingOf(lost)).toStrictEqual({ holds: [], since: 0 });
    expect(endsOf([event, fence, command, voiding(event)])).toEqual([]);
  });
});
