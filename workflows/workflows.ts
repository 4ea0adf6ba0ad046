/** Every workflow of the worker's bundle. */
export { customerBilling } from './customerBilling.js';
export { deleteCustomer } from './deleteCustomer.js';
export { deliverAlerts } from './deliverAlerts.js';
export { reconcileCustomers } from './reconcileCustomers.js';
export { sweepLogs } from './sweepLogs.js';
export { workOnEvent } from './workOnEvent.js';
