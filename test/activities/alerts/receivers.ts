import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';

/** Small real receivers: an HTTP endpoint and an SMTP server, on free ports of this machine. */

/** One request as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP endpoint that answers with the statuses it is given, in turn, then with 200. */
export interface HttpReceiver {
  readonly url: string;
  readonly received: Received[];
  /** Statuses of the next answers; null: it never answers. */
  readonly statuses: (number | null)[];
  stop(): Promise<void>;
}

/** Starts the endpoint. */
export async function startHttpReceiver(): Promise<HttpReceiver> {
  const received: Received[] = [];
  const statuses: (number | null)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const status = statuses.length === 0 ? 200 : statuses.shift();
      if (status === null) return;
      response.writeHead(status ?? 200, { location: '/elsewhere' }).end('thanks');
    });
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    received,
    statuses,
    stop: () => {
      server.closeAllConnections();
      return stopped(server);
    },
  };
}

/** A mail as an SMTP server took it. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly login: string | null;
  readonly data: string;
}

/** An SMTP server that takes every mail. */
export interface MailReceiver {
  readonly port: number;
  readonly mails: Mail[];
  stop(): Promise<void>;
}

/** Starts the SMTP server: RFC 5321 as far as one client needs it, AUTH PLAIN included. */
export async function startMailReceiver(): Promise<MailReceiver> {
  const mails: Mail[] = [];
  const server = createSocketServer((socket) => {
    const session = new Session(mails);
    let rest = '';
    socket.write('220 receiver ready\r\n');
    socket.on('error', () => socket.destroy());
    socket.on('data', (part) => {
      const lines = (rest + part.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const answer = session.take(line);
        if (answer !== null) socket.write(`${answer}\r\n`);
        if (answer?.startsWith('221')) socket.end();
      }
    });
  });
  await listening(server);
  return { port: portOf(server), mails, stop: () => stopped(server) };
}

class Session {
  private from = '';
  private to: string[] = [];
  private login: string | null = null;
  private data: string[] | null = null;

  constructor(private readonly mails: Mail[]) {}

  /** The answer to a line; null: none yet. */
  take(line: string): string | null {
    if (this.data) return this.takeData(this.data, line);
    const [verb = ''] = line.toUpperCase().split(/[ :]/);
    if (verb === 'EHLO') return '250-receiver\r\n250 AUTH PLAIN';
    if (verb === 'AUTH') {
      this.login = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString();
      return '235 welcome';
    }
    if (verb === 'MAIL') this.from = addressIn(line);
    if (verb === 'RCPT') this.to.push(addressIn(line));
    if (verb === 'QUIT') return '221 bye';
    if (verb !== 'DATA') return '250 fine';
    this.data = [];
    return '354 go on';
  }

  private takeData(data: string[], line: string): string | null {
    if (line !== '.') {
      data.push(line);
      return null;
    }
    const { from, to, login } = this;
    this.mails.push({ from, to, login, data: data.join('\n') });
    this.data = null;
    this.to = [];
    return '250 taken';
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
