import type { Operation } from '../http/operation.js';
import { putCeiling } from './ceilings.js';
import { changeControlsOperation } from './controls.js';
import { creditOperations, type CreditPorts } from './credits.js';
import { getUser } from './users.js';

/** What an operator sets and gives, and what one end user has of it. */
export function changeOperations(ports: CreditPorts): Operation[] {
  return [
    changeControlsOperation(ports),
    putCeiling(ports),
    ...creditOperations(ports),
    getUser(ports),
  ];
}
