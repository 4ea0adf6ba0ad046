import type { ApiFault, Route } from '../double/server.js';
import { HALF_UNITS, type Attempt } from './provider.js';
import { WAYS, type WayName } from './ways.js';

/** What may go wrong around one piece of work, and what it costs its customer then. */

/** One row of the matrix. */
export interface Case {
  readonly name: string;
  readonly attempts: readonly Attempt[];
  /** Route, fault, times (1). */
  readonly faults?: readonly (readonly [Route, ApiFault, number?])[];
  /** The caller gives up once the provider shows no more. */
  readonly givesUp?: boolean;
  readonly limit?: number;
  /** Units billed. */
  readonly billed: number;
  /** Units billed for a stream whose reader left: what was made of it. */
  readonly streamBilled?: number;
  readonly ways?: readonly WayName[];
}

/** Units of a full answer. */
export const FULL_UNITS = 40;

/** Ways whose reader sees an answer before it is complete. */
export const STREAMS: readonly WayName[] = ['streamText', 'stream, piped'];

const REPEATING: readonly WayName[] = ['guard', 'guard, lease', 'generateText', 'streamText'];

const PROVIDER: readonly Case[] = [
  { name: 'success', attempts: ['ok'], billed: FULL_UNITS },
  {
    name: 'provider 5xx, 5xx, success',
    attempts: ['fails', 'fails', 'ok'],
    billed: FULL_UNITS,
    ways: REPEATING,
  },
  { name: 'provider 5xx for good', attempts: ['fails'], billed: 0 },
  { name: 'provider breaks midway', attempts: ['breaks'], billed: 0 },
  { name: 'timeout or abort before an answer', attempts: ['silent'], givesUp: true, billed: 0 },
  {
    name: 'abort or disconnect midway',
    attempts: ['midway'],
    givesUp: true,
    billed: 0,
    streamBilled: HALF_UNITS,
  },
  { name: 'cache hit', attempts: ['cached'], billed: 0 },
  { name: 'denied', attempts: ['ok'], limit: 5, billed: 0 },
];

type Faults = NonNullable<Case['faults']>;

/** Cases of the API alone: the work succeeds, so it is billed once. */
const API: Readonly<Record<string, Faults>> = {
  'reserve: answer lost': [['reserve', 'lost']],
  'reserve: no answer in time': [['reserve', 'hung']],
  'reserve: 503, then 500': [
    ['reserve', 'away'],
    ['reserve', 'failed'],
  ],
  'lease: answer lost': [['lease', 'lost']],
  'lease: away': [['lease', 'away', 9]],
  'commit: answer lost': [
    ['commit', 'lost'],
    ['events', 'lost'],
  ],
  'commit: no answer in time': [
    ['commit', 'hung'],
    ['events', 'hung'],
  ],
  'commit: reset, then 503': [
    ['commit', 'reset'],
    ['commit', 'away'],
    ['events', 'reset'],
    ['events', 'away'],
  ],
  'commit: 5 answers lost, sent later': [
    ['commit', 'lost', 5],
    ['events', 'lost', 5],
  ],
  'commit: API away, sent later': [
    ['commit', 'away', 5],
    ['events', 'away', 5],
  ],
};

const CASES: readonly Case[] = [
  ...PROVIDER,
  ...Object.entries(API).map(([name, faults]): Case => {
    return { name, faults, attempts: ['ok'], billed: FULL_UNITS };
  }),
  {
    name: 'release: answers lost',
    attempts: ['fails'],
    faults: [['release', 'lost', 9]],
    billed: 0,
  },
];

/** Every case by every way that can meet it. */
export function matrixRows(): readonly (readonly [string, WayName, Case])[] {
  return CASES.flatMap((row) => {
    const ways = row.ways ?? (Object.keys(WAYS) as WayName[]);
    return ways.map((way) => [row.name, way, row] as const);
  });
}
