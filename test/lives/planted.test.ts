import type { LogEntry } from '../../billing/log.js';
import { liveOnce, type Plant } from './check.js';
import type { Asked } from './chancyLine.js';
import type { Remains } from './oracle/facts.js';
import { settleGlobals } from './setting.js';

/** The check of a life can fail: each fault that is planted is seen within a few lives. */

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/common'),
  ...jest.requireActual<object>('./temporalStandIn'),
}));
jest.mock('node:timers/promises', () => jest.requireActual<object>('./timersStandIn'));
jest.mock('../../dev/stripe/state/ids', () => jest.requireActual<object>('./idsStandIn'));

/** Lives in which a planted fault has to be seen. */
const LIVES_MAX = 12;

const isPost = ({ method, path }: Asked, wanted: string) => method === 'POST' && path === wanted;

let others = 0;
const freshKey = (asked: Asked): Asked => ({
  ...asked,
  headers: new Map([...asked.headers, ['idempotency-key', `other-${(others += 1)}`]]),
});
const freshIdentifier = (asked: Asked): Asked => ({
  ...freshKey(asked),
  body: asked.body.replace(/identifier=[^&]*/, `identifier=other-${(others += 1)}`),
});

/** Everything that is written of a kind goes out twice, under other keys. */
const twice = (path: string, change: (asked: Asked) => Asked): Plant => ({
  life: ({ world }) => {
    world.line.plant = (asked) => (isPost(asked, path) ? [asked, change(asked)] : [asked]);
  },
});

/** What an entry counts is changed before the check reads the log. */
function withEntries(change: (entry: LogEntry) => LogEntry): Plant['remains'] {
  return (remains: Remains) => ({
    ...remains,
    groups: remains.groups.map((group) => ({ ...group, entries: group.entries.map(change) })),
  });
}

/** Prices as the check reads them out of the log, a little dearer. */
function dearer(entry: LogEntry): LogEntry {
  const text = JSON.stringify(entry)
    .replaceAll('"unitAmountMinor":"0.5"', '"unitAmountMinor":"0.51"')
    .replaceAll('"unitAmountMinor":"0.35"', '"unitAmountMinor":"0.36"');
  return JSON.parse(text) as LogEntry;
}

const PLANTS: Readonly<Record<string, Plant>> = {
  'a report sent twice under two identifiers': twice('/v1/billing/meter_events', freshIdentifier),
  'identifiers that are drawn anew at each attempt': {
    life: ({ world }) => {
      world.line.plant = (asked) =>
        isPost(asked, '/v1/billing/meter_events') ? [freshIdentifier(asked)] : [asked];
    },
  },
  'an item of ours that stands twice on an invoice': twice('/v1/invoiceitems', freshKey),
  'an invoice of ours that is made twice': twice('/v1/invoices', freshKey),
  'a price that is off by a hundredth of a cent': { remains: withEntries(dearer) },
  'a late event that the workflow never counts': {
    life: ({ world }) => {
      world.memory.forgets = ({ entries }) =>
        entries.some((entry) => entry.kind === 'usage' && entry.atMs < world.nowMs - 86_400_000);
    },
  },
  'an event taken back that is billed all the same': {
    life: ({ world }) => {
      world.memory.forgets = ({ entries }) => entries.some(({ kind }) => kind === 'void');
    },
  },
  'an invoice that differs and is collected': {
    script: (script) => ({
      ...script,
      switches: { ...script.switches, tieRounding: 'halfEven', flatAtZero: true },
    }),
    life: (life) => {
      life.approvesAll = true;
    },
  },
};

beforeAll(settleGlobals);

it.each(Object.keys(PLANTS))('%s is seen', async (name) => {
  const seen: string[] = [];
  for (let seed = 1; seed <= LIVES_MAX && seen.length === 0; seed += 1) {
    const { faults } = await liveOnce(seed, PLANTS[name]);
    seen.push(...faults);
  }
  expect(seen).not.toEqual([]);
}, 120_000);
