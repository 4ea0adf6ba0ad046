import { OpenApiGeneratorV31, OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import type { RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { ERROR_CODES, errorEntry, type ErrorCode } from '../errors/codes.js';
import type { Access, AnswerShape, Operation } from '../http/operation.js';

/** OpenAPI 3.1 from the very operations that the router mounts and the schemas that validate. */

const problemSchema = z
  .object({
    type: z.url(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
    instance: z.string().meta({ description: 'The request id' }),
    retryable: z.boolean(),
    detail: z.string().meta({ description: 'For the operator' }),
    message: z.string().optional().meta({ description: 'For the end user' }),
    action: z.enum(['wait', 'raiseLimit', 'topUp', 'upgrade', 'pay', 'contact']).optional(),
    errors: z
      .array(
        z.object({
          detail: z.string(),
          pointer: z.string().optional(),
          parameter: z.string().optional(),
        }),
      )
      .optional(),
  })
  .loose()
  .meta({ id: 'Problem' });

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().max(255).optional().meta({ description: 'Kept for 24 hours' }),
});

type Responses = RouteConfig['responses'];

function answerOf({ description, schema, contentType }: AnswerShape) {
  if (!schema && contentType === undefined) return { description };
  const shape = schema ?? z.string();
  return { description, content: { [contentType ?? 'application/json']: { schema: shape } } };
}

/** Codes every operation of this access can answer with. */
function accessProblems(access: Access): readonly ErrorCode[] {
  return access === 'public' || access === 'optional'
    ? []
    : ['unauthorized', 'forbidden', 'rate_limited'];
}

function problemsOf(operation: Operation): readonly ErrorCode[] {
  const body: readonly ErrorCode[] = operation.method === 'get' ? [] : ['payload_too_large'];
  const repeats: readonly ErrorCode[] = operation.idempotent
    ? ['idempotency_in_progress', 'idempotency_key_reused']
    : [];
  const all = [...operation.problems, ...accessProblems(operation.access), ...body, ...repeats];
  return [...new Set(all)];
}

function responsesOf(operation: Operation): Responses {
  const responses: Responses = {};
  for (const [status, shape] of Object.entries(operation.answers)) {
    responses[status] = answerOf(shape);
  }
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of problemsOf(operation)) {
    const { status } = errorEntry(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  for (const [status, codes] of byStatus) {
    responses[status] = {
      description: codes.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return responses;
}

function bodyOf({ bodySchema, otherBodies = {} }: Operation) {
  if (!bodySchema) return undefined;
  const others = Object.entries(otherBodies).map(([type, schema]) => [type, { schema }]);
  return {
    required: true,
    content: { 'application/json': { schema: bodySchema }, ...Object.fromEntries(others) },
  };
}

function routeOf(operation: Operation): RouteConfig {
  const open = operation.access === 'public' || operation.access === 'optional';
  return {
    method: operation.method,
    path: operation.path,
    operationId: operation.name,
    summary: operation.summary,
    tags: [operation.tag],
    security: open ? [] : [{ key: [] }],
    request: {
      params: operation.pathSchema,
      query: operation.querySchema,
      headers: operation.idempotent ? idempotencyHeader : undefined,
      body: bodyOf(operation),
    },
    responses: responsesOf(operation),
  };
}

/** The document. Pages are left out: they are for people. */
export function openApiDocument(operations: readonly Operation[]) {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
    description: '`dbk_test_…` or `dbk_live_…`; the key decides the mode',
  });
  for (const operation of operations) {
    if (operation.tag !== 'Pages') registry.registerPath(routeOf(operation));
  }
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Durabill',
      version: '0.1.0',
      description: 'Usage-based billing for AI products: meter, decide, invoice.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
}
