import { changeSegment } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState, Segment } from '../../../../billing/state.js';
import { atEnd, LATER_MS } from './operator.js';
import { runLane, type Lane } from './perfectStripe.js';

const zero = ({ state }: Lane) => state.segments[0] as Segment;

describe('an invoice that was never paid', () => {
  const failed = (): Lane => {
    const lane = atEnd(250);
    lane.refuses = true;
    runLane(lane, LATER_MS);
    return lane;
  };
  const seen = (lane: Lane, change: (state: CustomerState) => CustomerState) => {
    lane.state = change(lane.state);
    runLane(lane, LATER_MS);
  };
  const looked = (state: CustomerState) => changeSegment(state, 0, { look: true });

  it('leaves the customer past due until the payment comes', () => {
    const lane = failed();
    expect([zero(lane).unpaid, lane.state.pastDue]).toEqual(['retrying', true]);
    lane.refuses = false;
    seen(lane, looked);
    expect([zero(lane).unpaid, lane.state.pastDue]).toEqual([undefined, false]);
  });

  it('holds the ones after it once Stripe has given up', () => {
    const lane = failed();
    seen(lane, looked);
    expect(zero(lane).unpaid).toBe('givenUp');
    runLane(lane, Date.UTC(2026, 2, 2));
    expect(lane.state.segments[1]).toMatchObject({
      stage: 'inReview',
      review: { reason: 'unpaid', detail: 'Stripe gave up on the invoice of period 0' },
    });
  });
});
