import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileJournal } from '../../../client/journal/fileJournal.js';
import type { JournalEntry } from '../../../client/journal/journal.js';

/** The file journal: what it took is found again, by whichever process comes next. */

const BYTES_MAX = 8 * 1024 * 1024;

let folder = '';
let damages: string[] = [];
const opened: FileJournal[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durabill-journal-'));
  damages = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close()));
  await rm(folder, { recursive: true });
});

async function journal(bytesMax = BYTES_MAX): Promise<FileJournal> {
  const made = new FileJournal(folder, bytesMax, (detail) => damages.push(detail));
  await made.open();
  opened.push(made);
  return made;
}

function entry(id: string, padding = ''): JournalEntry {
  const event = { id, customer: 'acme', quantities: { images: 1 }, properties: { padding } };
  return { type: 'event', atMs: 1, late: true, event };
}

function idsOf(kept: FileJournal): readonly string[] {
  return kept.head(10_000).map((one) => (one.type === 'event' ? one.event.id : one.id));
}

async function onlyFile(): Promise<string> {
  const [name = '', ...others] = await readdir(folder);
  expect(others).toEqual([]);
  return join(folder, name);
}

/** The file as another process would have named it. */
async function leaveAs(pid: number, host?: string): Promise<string> {
  const first = await journal();
  await first.append([entry('a')]);
  await first.close();
  const path = await onlyFile();
  const [own = '', , tag = '', number = ''] = (path.split('/').at(-1) ?? '').split('.');
  const other = join(folder, [host ?? own, pid, tag, number, 'journal'].join('.'));
  await rename(path, other);
  return other;
}

test('what was kept is found by the next process, in order, and gone once it is sent', async () => {
  const first = await journal();
  await Promise.all(['a', 'b', 'c'].map((id) => first.append([entry(id)])));
  await first.append([entry('d'), { type: 'commit', id: 'r_1', body: { customer: 'acme' } }]);
  await first.close();
  const second = await journal();
  expect(idsOf(second)).toEqual(['a', 'b', 'c', 'd', 'r_1']);
  await second.drop(3);
  expect(idsOf(second)).toEqual(['d', 'r_1']);
  await second.drop(2);
  expect([second.size, await readdir(folder)]).toEqual([0, []]);
});

test('entries are on disk before `append` resolves', async () => {
  const kept = await journal();
  await kept.append([entry('a')]);
  expect(await readFile(await onlyFile(), 'utf8')).toMatch(/^\{.*"id":"a".*\}\n$/);
});

test('a last line that was cut off is no damage; one in the middle is said', async () => {
  const first = await journal();
  await first.append([entry('a')]);
  await first.close();
  await appendFile(await onlyFile(), 'rubbish\n{"type":"event","event":{"id":"b","cus');
  const second = await journal();
  expect(idsOf(second)).toEqual(['a']);
  expect(damages).toEqual([expect.stringMatching(/^1 lines of .* can't be read\.$/)]);
});

test('beyond its bound it takes all or nothing, and takes again once there is room', async () => {
  const kept = await journal(400);
  await kept.append([entry('a')]);
  const more = [entry('b'), entry('c'), entry('d')];
  await expect(kept.append(more)).rejects.toMatchObject({ code: 'journal_full', retryable: true });
  expect(idsOf(kept)).toEqual(['a']);
  await kept.drop(1);
  await kept.append([entry('b')]);
  expect(idsOf(kept)).toEqual(['b']);
});

test('the bound counts what earlier processes left', async () => {
  const first = await journal(400);
  await first.append([entry('a'), entry('b')]);
  await first.close();
  const second = await journal(400);
  await expect(second.append([entry('c'), entry('d')])).rejects.toMatchObject({
    code: 'journal_full',
  });
});

test('journals that live leave one another alone', async () => {
  const first = await journal();
  await first.append([entry('a')]);
  const second = await journal();
  expect([second.size, first.size]).toEqual([0, 1]);
});

test('a file of a dead process is taken over, that of a living one is not', async () => {
  const path = await leaveAs(process.ppid);
  expect((await journal()).size).toBe(0);
  await rename(path, path.replace(`.${process.ppid}.`, '.4194303.'));
  expect(idsOf(await journal())).toEqual(['a']);
});

test('a file of another host is taken over once its writer is silent for a minute', async () => {
  const path = await leaveAs(1, 'elsewhere');
  expect((await journal()).size).toBe(0);
  const old = new Date(Date.now() - 61_000);
  await utimes(path, old, old);
  expect(idsOf(await journal())).toEqual(['a']);
});

test('a writer whose file was taken over while it lived writes again', async () => {
  const stopped = await journal();
  await stopped.append([entry('a')]);
  await rename(await onlyFile(), join(folder, 'taken'));
  await stopped.append([entry('b')]);
  await rm(join(folder, 'taken'));
  await stopped.close();
  expect(idsOf(await journal())).toEqual(['b']);
});

test('files stay small, and each goes when all of it is sent', async () => {
  const kept = await journal();
  for (let id = 0; id < 30; id += 1) await kept.append([entry(`${id}`, 'x'.repeat(100_000))]);
  const count = (await readdir(folder)).length;
  expect(count).toBeGreaterThan(2);
  await kept.drop(20);
  expect((await readdir(folder)).length).toBeLessThan(count);
  await kept.close();
  const next = await journal();
  expect(idsOf(next).slice(-10)).toEqual(Array.from({ length: 10 }, (_, at) => `${at + 20}`));
});

test('a disk that refuses is told, and what comes after it is kept', async () => {
  const kept = await journal(400);
  await rm(folder, { recursive: true });
  await expect(kept.append([entry('a')])).rejects.toMatchObject({ code: 'ENOENT' });
  await mkdir(folder);
  await kept.append([entry('b'), entry('c')]);
  expect([idsOf(kept), (await readdir(folder)).length]).toEqual([['b', 'c'], 1]);
});

test('other files in the folder are nobody of ours', async () => {
  await writeFile(join(folder, 'notes.txt'), 'keep');
  await journal();
  expect(await readdir(folder)).toEqual(['notes.txt']);
});
