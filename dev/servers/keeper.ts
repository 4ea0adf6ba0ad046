import { setTimeout as wait } from 'node:timers/promises';
import type { WatchedChild } from './childProcess.js';
import { spawnLaunch, untilReady } from './launch.js';
import type { Launch } from './launch.js';

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 5_000;
/** A process that lived so long has not failed at its start: the next pause is short again. */
const HEALTHY_MS = 10_000;

/** What a keeper tells. */
export interface KeeperEvents {
  /** The process has this pid now; null while there is none. */
  onPid(name: string, pid: number | null): void;
  /** It ended without being told to, and is started again. */
  onTrouble(text: string): void;
}

/** Keeps one process running: the same command, ports and data, until it is stopped. */
export class Keeper {
  readonly #launch: Launch;
  readonly #events: KeeperEvents;
  readonly #stopping = new AbortController();
  #child: WatchedChild | null = null;
  #pid: number | null = null;
  #loop: Promise<void> = Promise.resolve();

  constructor(launch: Launch, events: KeeperEvents) {
    this.#launch = launch;
    this.#events = events;
  }

  /** Of the process that runs now; null while there is none. */
  get pid(): number | null {
    return this.#pid;
  }

  /**
   * Starts the process for the first time and waits until it can be used.
   * @throws Error when it can't; the process is then stopped.
   */
  async start(): Promise<void> {
    const child = this.#spawn();
    try {
      await untilReady(this.#launch, child);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#loop = this.#keep(child);
  }

  /** Resolves when the process that runs now can be used. @throws Error when it can't. */
  async ready(): Promise<void> {
    if (this.#child === null) throw new Error(`${this.#launch.name} was not started`);
    await untilReady(this.#launch, this.#child);
  }

  /** Ends the process: SIGTERM, SIGKILL after 5 s. It is not started again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#child?.stop();
    await this.#loop;
    this.#tell(null);
  }

  #spawn(): WatchedChild {
    const child = spawnLaunch(this.#launch);
    this.#child = child;
    this.#tell(child.pid || null);
    return child;
  }

  #tell(pid: number | null): void {
    if (pid === this.#pid) return;
    this.#pid = pid;
    this.#events.onPid(this.#launch.name, pid);
  }

  async #keep(first: WatchedChild): Promise<void> {
    const { name, logFile } = this.#launch;
    let child = first;
    let pauseMs = PAUSE_MS_MIN;
    for (;;) {
      const startedAtMs = Date.now();
      const ending = await child.ended;
      if (this.#stopping.signal.aborted) return;
      this.#tell(null);
      if (Date.now() - startedAtMs > HEALTHY_MS) pauseMs = PAUSE_MS_MIN;
      this.#events.onTrouble(`${name}: ${ending}; again in ${pauseMs} ms. Log: ${logFile}`);
      await this.#pause(pauseMs);
      if (this.#stopping.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
      child = this.#spawn();
    }
  }

  /** Ends early when stopped. */
  async #pause(ms: number): Promise<void> {
    try {
      await wait(ms, undefined, { signal: this.#stopping.signal });
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error;
    }
  }
}
