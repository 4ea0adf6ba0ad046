import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Tells one process from a later one that was given the same pid: its start time, with the boot
 * it belongs to. Null when there is no such process, or it can't be told on this system: a
 * process that is not known for certain must never be killed.
 * @throws nothing
 */
export function processIdentity(pid: number): string | null {
  if (!isAlive(pid)) return null;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** True when the process with this pid is the one that had this identity. */
export function isSameProcess(pid: number, identity: string | null): boolean {
  return identity !== null && processIdentity(pid) === identity;
}

/** True when a process with this pid exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: state is field 3 and start time field 22 of /proc/PID/stat (man 5 proc). */
function fromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets: count from behind the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not asked yet.
    if (fields[0] === 'Z') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}

function fromPs(pid: number): string | null {
  if (process.platform === 'win32') return null;
  try {
    const options = { encoding: 'utf8', timeout: 2_000, stdio: ['ignore', 'pipe', 'ignore'] };
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options as object);
    return String(started).trim() || null;
  } catch {
    return null;
  }
}
