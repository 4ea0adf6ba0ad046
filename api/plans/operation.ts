import { z } from 'zod';
import type { PublishedCatalogue } from '../../billing/catalogue.js';
import { operation, type Operation } from '../http/operation.js';
import type { Catalogues } from '../reading/catalogues.js';
import { pageSchema } from '../schemas/list.js';

/** GET /v1/plans: what a pricing page shows. No key needed; never a cost. */

const planSchema = z
  .looseObject({
    id: z.string(),
    version: z.number().int(),
    name: z.string(),
    currency: z.string(),
    interval: z.enum(['day', 'week', 'month', 'year']),
    baseAmountMinor: z.number().int().optional(),
  })
  .meta({ id: 'Plan' });

/** Newest version of each plan that is not hidden by `"public": false`, in `order`. */
export function publicPlans(catalogue: PublishedCatalogue) {
  return Object.entries(catalogue.newest)
    .flatMap(([id, version]) => catalogue.snapshots[`${id}@${version}`] ?? [])
    .filter((snapshot) => snapshot.plan.public !== false)
    .map(({ id, version, currency, plan }) => ({ ...plan, id, version, currency }))
    .sort(
      (a, b) =>
        (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER) ||
        (a.id < b.id ? -1 : 1),
    );
}

/** Without a key: the live plans, or those of test mode where nothing is live yet. */
export function listPlans(catalogues: Catalogues): Operation {
  return operation({
    method: 'get',
    path: '/v1/plans',
    name: 'listPlans',
    summary: 'Public plans; a key decides the mode, without one live before test',
    tag: 'Plans',
    access: 'optional',
    answers: { 200: { description: 'All public plans', schema: pageSchema(planSchema) } },
    problems: ['unauthorized', 'unavailable'],
    async handle(call) {
      const mode = call.caller?.mode;
      const catalogue = mode
        ? await catalogues.find(mode)
        : ((await catalogues.find('live')) ?? (await catalogues.find('test')));
      const data = catalogue ? publicPlans(catalogue) : [];
      return { status: 200, body: { data, nextCursor: null } };
    },
  });
}
