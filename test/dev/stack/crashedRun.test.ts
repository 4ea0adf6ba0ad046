import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../../../cli/processIdentity.js';
import { endCrashedRun, forgetPid, notePid } from '../../../dev/stack/crashedRun.js';
import { writeJson } from '../../../dev/stack/jsonFile.js';

describe('what a crashed run left behind', () => {
  let folder: string;
  let child: ChildProcess;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durabill-crashed-'));
    child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
    await endCrashedRun(folder);
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  it('is ended at the next start', async () => {
    const pid = child.pid ?? 0;
    notePid(folder, 'ledger', pid);
    expect(await endCrashedRun(folder)).toEqual(['ledger']);
    expect(processIdentity(pid)).toBeNull();
    expect(await readdir(join(folder, 'pids'))).toEqual([]);
  });

  it('is not mistaken for a later process with the same pid', async () => {
    const pid = child.pid ?? 0;
    writeJson(join(folder, 'pids', 'ledger.json'), { pid, identity: 'earlier' });
    writeJson(join(folder, 'pids', 'worker.json'), { pid, identity: null });
    expect(await endCrashedRun(folder)).toEqual([]);
    expect(processIdentity(pid)).not.toBeNull();
  });

  it('does not include what ended properly', async () => {
    notePid(folder, 'ledger', child.pid ?? 0);
    forgetPid(folder, 'ledger');
    expect(await endCrashedRun(folder)).toEqual([]);
    expect(processIdentity(child.pid ?? 0)).not.toBeNull();
  });
});
