/** Every workflow of the worker's bundle. */
export { customerBilling } from './customerBilling.js';
export { deliverAlerts } from './deliverAlerts.js';
export { sweepLogs } from './sweepLogs.js';
