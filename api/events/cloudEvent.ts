import { hash } from 'node:crypto';
import type { PropertyValue } from '../../billing/catalogue.js';
import { INSTANT_RULE, parseInstant } from '../schemas/instant.js';
import { ID_RULE, isId, isName, isQuantity } from '../schemas/text.js';
import { checkProperties, checkQuantities, FaultList, isRecord, refused } from './checkEvent.js';
import type { Checked } from './submission.js';

/**
 * CloudEvents 1.0 in structured mode (github.com/cloudevents/spec, cloudevents/formats): `type` is
 * the meter, `subject` the customer, `data` the quantity and the properties.
 */

const QUANTITY_RULE = 'must be a whole number from 0 to 9007199254740991';
const AMOUNTS: ReadonlySet<string> = new Set(['quantity', 'quantities', 'user']);

/** Id in the log: the same source and id are the same event (CloudEvents §3.1.1). */
export function cloudEventId(source: string, id: string): string {
  return `ce/${hash('sha256', JSON.stringify([source, id]), 'base64url')}`;
}

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= lengthMax;
}

type Fields = Readonly<Record<string, unknown>>;

function checkAttributes(value: Fields, faults: FaultList): void {
  const { specversion, id, source, type, subject, time } = value;
  if (specversion !== '1.0') faults.add('/specversion', 'must be "1.0"', specversion);
  if (!isText(id, 255)) faults.add('/id', 'must be 1-255 characters', id);
  if (!isText(source, 1024)) faults.add('/source', 'must be 1-1024 characters', source);
  if (typeof type !== 'string' || !isName(type)) faults.add('/type', 'must name a meter', type);
  if (!isId(subject)) faults.add('/subject', ID_RULE, subject);
  if (time === undefined) return;
  if (typeof time !== 'string' || parseInstant(time) === null) {
    faults.add('/time', INSTANT_RULE, time);
  }
}

function propertiesOf(data: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !AMOUNTS.has(name)));
}

function checkData(data: unknown, faults: FaultList): void {
  if (!isRecord(data)) {
    faults.add('/data', 'must be an object with a quantity', data);
    return;
  }
  const { quantity, quantities, user } = data;
  if (quantities !== undefined) {
    checkQuantities(quantities, '/data/quantities', faults);
    if (quantity !== undefined) {
      faults.add('/data/quantity', 'must not stand beside quantities', quantity);
    }
  } else if (!isQuantity(quantity)) faults.add('/data/quantity', QUANTITY_RULE, quantity);
  if (user !== undefined && !isId(user)) faults.add('/data/user', ID_RULE, user);
  checkProperties(propertiesOf(data), '/data', faults);
}

/** One CloudEvent. `root` is its pointer in the body. */
export function checkCloudEvent(value: unknown, root: string): Checked {
  const faults = new FaultList(root);
  if (!isRecord(value)) {
    faults.add('', 'must be an object', value === undefined ? null : value);
    return refused(null, faults);
  }
  checkAttributes(value, faults);
  checkData(value['data'], faults);
  if (faults.faults.length > 0) return refused(value['id'], faults);
  return { event: submissionOf(value, value['data'] as Fields) };
}

/** Sound only after every check above. */
function submissionOf(value: Fields, data: Fields) {
  const { id, source, type, subject, time } = value as Readonly<Record<string, string>>;
  const properties = propertiesOf(data);
  const quantities = data['quantities'] ?? { [type as string]: data['quantity'] };
  return {
    id: cloudEventId(source as string, id as string),
    shownId: id as string,
    customer: subject as string,
    user: data['user'] as string | undefined,
    quantities: quantities as Readonly<Record<string, number>>,
    timestamp: time,
    timestampMs: time === undefined ? null : parseInstant(time),
    properties:
      Object.keys(properties).length > 0
        ? (properties as Readonly<Record<string, PropertyValue>>)
        : undefined,
    cacheHit: false,
    lease: undefined,
  };
}
