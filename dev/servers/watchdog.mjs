// Kills the servers of a program that ended without stopping them, even by kill -9.
//
// Standard input is a pipe from that program: `+PID` and `-PID`, a line each. When the program
// ends, however it ends, the system closes the pipe; who is still on the list is then asked to
// stop (SIGTERM) and after 5 s made to (SIGKILL). Plain JavaScript: it must be up at once.
import { createInterface } from 'node:readline';

const STOP_LIMIT_MS = 5_000;
const watched = new Set();

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) watched.add(pid);
    else watched.delete(pid);
  })
  .on('close', () => {
    for (const pid of [...watched].reverse()) signal(pid, 'SIGTERM');
    awaitEnds(Date.now() + STOP_LIMIT_MS);
  });

// It outlives every signal that is meant for the program it watches.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => undefined);

/** Looks until all are gone; kills what is left when the time is over. */
function awaitEnds(deadline) {
  const left = [...watched].filter((pid) => signal(pid, 0));
  if (left.length === 0) return;
  if (Date.now() < deadline) {
    setTimeout(awaitEnds, 50, deadline);
    return;
  }
  for (const pid of left) signal(pid, 'SIGKILL');
}

/** Signals a server and all it started (its process group). False when it is gone. */
function signal(pid, name) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name);
    return true;
  } catch {
    return false;
  }
}
