import { spawnWatched } from '../../../dev/servers/childProcess.js';

// A program that starts a server and is then killed: it prints the pids of the server and of
// what the server started itself.
const SERVERS: Readonly<Record<string, string>> = {
  plain: 'sleep 300 & echo $!; wait',
  stubborn: 'sleep 300 & echo $!; trap "" TERM; wait; sleep 300',
};
const script = SERVERS[process.argv[2] ?? 'plain'] ?? '';
const child = spawnWatched('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
child.process.stdout?.once('data', (line: Buffer) => {
  process.stdout.write(`${child.pid} ${line.toString().trim()}\n`);
});
