import { spawn } from 'node:child_process';
import { isSameProcess, processIdentity } from '../../cli/processIdentity.js';

describe('the identity of a process', () => {
  it('stays while it lives, differs between processes, and ends with it', async () => {
    const child = spawn('sleep', ['300']);
    const pid = child.pid ?? 0;
    const identity = processIdentity(pid);
    expect(identity).not.toBeNull();
    expect(identity).not.toBe(processIdentity(process.pid));
    expect(isSameProcess(pid, identity)).toBe(true);
    expect(isSameProcess(pid, processIdentity(process.pid))).toBe(false);
    expect(isSameProcess(pid, null)).toBe(false);
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
    expect(processIdentity(pid)).toBeNull();
  });
});
