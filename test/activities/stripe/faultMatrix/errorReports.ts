import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkflowClient } from '../../../../activities/customerWorkflow.js';
import { createEventActivities } from '../../../../activities/stripe/eventWork.js';
import type { World } from '../world.js';

const TYPE = 'v1.billing.meter.error_report_triggered';

interface Received {
  readonly id: string;
  readonly type: string;
}

/** Receives Stripe's thin events and works on them, as inbox and sweep do. */
export class ErrorReports {
  private readonly received: string[] = [];
  private readonly server: Server;

  constructor(private readonly world: World) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { id, type } = JSON.parse(Buffer.concat(chunks).toString()) as Received;
        if (type === TYPE) this.received.push(id);
        response.end();
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    const endpoint = { url: `http://127.0.0.1:${port}`, secret: 'whsec_test' };
    this.world.sandbox.controls.setWebhook(endpoint);
    this.world.sandbox.controls.switch({ errorReportMs: 10 });
  }

  async stop(): Promise<void> {
    this.world.sandbox.controls.setWebhook(null);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Works on all that came; repeatable. */
  async work(): Promise<void> {
    const { ledger, stripe, now } = this.world;
    const acts = createEventActivities({
      ...{ ledger, now, stripe: { test: stripe, live: null } },
      client: {} as WorkflowClient,
      raiseAlerts: () => Promise.resolve(),
    });
    for (const id of this.received) {
      await ledger.inbox.receive({
        ...{ id, mode: 'test', state: 'received', stripeCustomer: null },
        type: TYPE,
        lookup: { object: 'event', id },
        receivedAtMs: now(),
      });
      await acts.workOnEvent(id);
    }
  }
}
