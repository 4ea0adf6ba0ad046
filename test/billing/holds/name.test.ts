import { holdName, isNamed, readHoldName } from '../../../billing/holds/name.js';
import type { Hold } from '../../../billing/holds/hold.js';

describe('the name of a hold', () => {
  it.each([
    ['r0', 'r0#3@17'],
    ['a#1@2', 'a#1@2#3@17'],
    ['auth0|x+1', 'auth0|x+1#3@17'],
    ['a\nb', 'a\nb#3@17'],
  ])('is read back whatever the id holds: %j', (id, text) => {
    expect(holdName({ id, serial: 3, epoch: 17 })).toBe(text);
    expect(readHoldName(text)).toEqual({ id, serial: 3, epoch: 17 });
  });

  it.each(['', 'r0', 'r0#3', 'r0@17', '#3@17', 'r0#@17', 'r0#3@', 'r0#3@17 ', 'r0#x@17'])(
    'is none: %j',
    (text) => expect(readHoldName(text)).toBeNull(),
  );

  it('means one grant of its id: id, serial and epoch', () => {
    const hold = { id: 'r0', serial: 3, epoch: 17 } as Hold;
    expect(isNamed(hold, { id: 'r0', serial: 3, epoch: 17 })).toBe(true);
    expect(isNamed(hold, { id: 'r1', serial: 3, epoch: 17 })).toBe(false);
    expect(isNamed(hold, { id: 'r0', serial: 4, epoch: 17 })).toBe(false);
    expect(isNamed(hold, { id: 'r0', serial: 3, epoch: 18 })).toBe(false);
  });
});
