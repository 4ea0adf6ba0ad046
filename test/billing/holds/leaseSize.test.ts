import fc from 'fast-check';
import {
  headroomWanted,
  leaseSize,
  multiplied,
  requestsWanted,
  timesIn,
} from '../../../billing/holds/leaseSize.js';

describe('the size of a lease', () => {
  it('is what the pace wants, far from a limit', () => {
    expect(leaseSize(300, 100_000, 1)).toBe(300);
    expect(leaseSize(300, 100_000, 8)).toBe(300);
  });

  it('is none below 20 recent asks of headroom for each process', () => {
    expect(leaseSize(1, 19, 1)).toBe(0);
    expect(leaseSize(1, 20, 1)).toBe(1);
    expect(leaseSize(1, 59, 3)).toBe(0);
    expect(leaseSize(1, 60, 3)).toBe(1);
  });

  it('shrinks near a limit: half of the share of each process', () => {
    expect(leaseSize(300, 200, 1)).toBe(100);
    expect(leaseSize(300, 200, 2)).toBe(50);
    expect(leaseSize(300, 21, 1)).toBe(10);
  });

  it('is the same for all headroom beyond what is looked for', () => {
    const counts = fc.integer({ min: 0, max: 2_000 });
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 0, max: 9 }), (wanted, more, processes) => {
        const enough = headroomWanted(wanted, processes);
        const size = leaseSize(wanted, enough, processes);
        expect(leaseSize(wanted, enough + more, processes)).toBe(size);
        expect(size).toBe(wanted);
      }),
    );
    expect([headroomWanted(1, 1), headroomWanted(300, 2), headroomWanted(0, 0)]).toEqual([
      20, 1_200, 20,
    ]);
  });

  it('takes an unknown number of processes for one', () => {
    expect(leaseSize(300, 20, 0)).toBe(10);
  });
});

describe('the headroom worth looking for', () => {
  it('is what the size can depend on, for all processes', () => {
    expect(headroomWanted(300, 2)).toBe(1_200);
    expect(headroomWanted(1, 3)).toBe(60);
    expect(headroomWanted(15, 0)).toBe(30);
  });

  it('changes no size by being cut there', () => {
    const small = fc.nat({ max: 400 });
    fc.assert(
      fc.property(small, fc.nat({ max: 9_000 }), fc.nat({ max: 9 }), (wanted, room, processes) => {
        const enough = Math.min(room, headroomWanted(wanted, processes));
        expect(leaseSize(wanted, enough, processes)).toBe(leaseSize(wanted, room, processes));
      }),
    );
  });
});

describe('what a process wants', () => {
  it('is its pace over the time it hands a lease out, rounded up', () => {
    expect(requestsWanted(30, 3_000, 10_000)).toBe(100);
    expect(requestsWanted(1, 3_000, 10_000)).toBe(4);
  });

  it('is one request at least', () => {
    expect(requestsWanted(0, 3_000, 10_000)).toBe(1);
    expect(requestsWanted(5, 0, 10_000)).toBe(1);
  });
});

describe('units', () => {
  it('go into a quantity as often as the scarcest meter allows', () => {
    expect(timesIn({ a: 10, b: 3 }, { a: 100, b: 10 })).toBe(3);
    expect(timesIn({ a: 10, b: 0 }, { a: 100, b: 0 })).toBe(10);
  });

  it('go once at least', () => {
    expect(timesIn({ a: 10 }, { a: 5 })).toBe(1);
    expect(timesIn({ a: 10 }, {})).toBe(1);
    expect(timesIn({ a: 0 }, { a: 5 })).toBe(1);
  });

  it('are multiplied meter by meter', () => {
    expect(multiplied({ a: 10, b: 0 }, 3)).toEqual({ a: 30, b: 0 });
  });
});
