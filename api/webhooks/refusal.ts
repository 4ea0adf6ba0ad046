import { Problem, type Fault } from '../errors/problem.js';

/** Webhooks that are refused: without effect, counted by reason. */

/**
 * `contentType`: not JSON. `unsigned`: no readable signature. `stale`, `future`: signed too long
 * ago, or ahead of now. `forged`: no secret of ours made it. `noEvent`: signed, but no event.
 */
export type RefusalReason =
  | 'contentType'
  | 'unsigned'
  | 'stale'
  | 'future'
  | 'forged'
  | 'noEvent';

/** An `invalid_request` that says which rule refused the webhook; never carries its signature. */
export class WebhookRefused extends Problem {
  constructor(
    readonly reason: RefusalReason,
    fault: Fault,
  ) {
    super('invalid_request', fault.detail, { errors: [fault] });
    this.name = 'WebhookRefused';
  }
}
