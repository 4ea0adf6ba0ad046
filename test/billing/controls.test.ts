import { NO_CONTROLS } from '../../billing/controls.js';

it('nothing set lets all run that the plan lets run', () => {
  expect(NO_CONTROLS).toEqual({
    overage: 'allow',
    spend: {},
    limits: {},
    ceilings: {},
    grandfathered: false,
    frozen: null,
    liftedAtMs: 0,
  });
});
