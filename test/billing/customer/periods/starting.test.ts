import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { initialState } from '../../../../billing/customer/initial.js';
import { extendTo } from '../../../../billing/customer/periods/segments.js';
import { startPlan } from '../../../../billing/customer/periods/starting.js';
import type { CustomerState } from '../../../../billing/state.js';
import { METERS } from '../../contractCatalogue.js';
import { FREE, START_MS } from '../world.js';

/** Periods come by the log and by time alone, and a change of plan must not tell which. */

const GRANTING: PlanSnapshot = {
  ...FREE,
  id: 'granting',
  meters: METERS,
  plan: { name: 'Granting', interval: 'month', creditGrant: { amount: '10' } },
};

const month = (index: number) => Date.UTC(2026, index, 1);
const granting = () =>
  startPlan(initialState({ mode: 'test', customer: 'a', life: 1 }), GRANTING, START_MS);
const grants = ({ credits }: CustomerState) => credits.lots.map(({ id }) => id);

describe('a change of plan takes back the grants of periods that time alone brought', () => {
  const ahead = extendTo(granting(), month(4));

  it('all that begin after it, as if they had not come', () => {
    expect(grants(ahead)).toEqual(['grant/0', 'grant/1', 'grant/2', 'grant/3', 'grant/4']);
    const changed = startPlan(ahead, FREE, month(1) + 60_000);
    expect(changed).toEqual(startPlan(granting(), FREE, month(1) + 60_000));
    expect(grants(changed)).toEqual(['grant/0', 'grant/1']);
  });

  it('not of the one that begins with it: the log alone opens that, too', () => {
    const changed = startPlan(ahead, FREE, month(2));
    expect(changed).toEqual(startPlan(granting(), FREE, month(2)));
    expect(grants(changed)).toEqual(['grant/0', 'grant/1', 'grant/2']);
  });
});
