/** Every workflow of the worker's bundle. */
export { customerBilling } from './customerBilling.js';
export { sweepLogs } from './sweepLogs.js';
