import type { ServerResponse } from 'node:http';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { NextFunction, Request, Response } from 'express';
import { operation, type Operation } from '../http/operation.js';
import type { Outcome } from '../events/submission.js';

/** Figures for Prometheus. */

/** What is counted here. */
export interface Gauges {
  /** Customers whose workflow has not been told of the newest groups yet. */
  untold(): number;
}

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Counters and gauges of one API process. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'durabill_http_requests_total',
    help: 'Answered requests',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  private readonly seconds = new Histogram({
    name: 'durabill_http_request_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['method', 'route'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly events = new Counter({
    name: 'durabill_events_total',
    help: 'Usage events by what became of them',
    labelNames: ['status'],
    registers: [this.registry],
  });
  private readonly webhooks = new Counter({
    name: 'durabill_stripe_webhooks_total',
    help: 'Webhooks of Stripe by what became of them; refused ones by why',
    labelNames: ['outcome', 'reason'],
    registers: [this.registry],
  });
  private readonly running = new Gauge({
    name: 'durabill_http_requests_running',
    help: 'Requests that wait for their answer: on ingest, the queue of the ledger writer',
    labelNames: ['method'],
    registers: [this.registry],
  });

  constructor(gauges: Gauges) {
    const untold: Gauge = new Gauge({
      name: 'durabill_untold_customers',
      help: 'Customers whose workflow has not been told of the newest usage yet',
      registers: [this.registry],
      collect: (): void => untold.set(gauges.untold()),
    });
  }

  countEvents(status: Outcome['status'], events: number): void {
    this.events.inc({ status }, events);
  }

  countWebhook(outcome: string, reason = ''): void {
    this.webhooks.inc({ outcome, reason });
  }

  /** Measures one request; the route is the pattern, never the path: it names no customer. */
  observe(response: ServerResponse, method: string, routeOf: () => string): void {
    const startedAt = performance.now();
    this.running.inc({ method });
    response.once('close', () => {
      const route = routeOf();
      this.running.dec({ method });
      this.requests.inc({ method, route, status: String(response.statusCode) });
      this.seconds.observe({ method, route }, (performance.now() - startedAt) / 1000);
    });
  }

  /** Measures each request of the router. */
  readonly measure = (request: Request, response: Response, next: NextFunction): void => {
    this.observe(response, request.method, () => String(response.locals['route'] ?? 'none'));
    next();
  };
}

/** GET /metrics. */
export function metricsOperation({ registry }: Metrics): Operation {
  return operation({
    method: 'get',
    path: '/metrics',
    name: 'getMetrics',
    summary: 'Figures for Prometheus',
    tag: 'Operation',
    access: 'public',
    answers: { 200: { description: 'Text format', contentType: 'text/plain' } },
    problems: [],
    async handle() {
      const content = await registry.metrics();
      return { status: 200, text: { type: registry.contentType, content } };
    },
  });
}
