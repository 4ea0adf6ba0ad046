import { readLog } from '../../../activities/readLog.js';
import type { Change, Effect } from '../../../billing/customer/change.js';
import { healEffects } from '../../../billing/customer/due.js';
import { initialState } from '../../../billing/customer/initial.js';
import { upgradeState } from '../../../billing/customer/upgrade.js';
import { outOfService } from '../../../billing/holds/serving.js';
import type { Fence, UsageMessage } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import type { DecideReply, DecideRequest } from '../../../workflows/messages.js';
import type { Chance } from '../chance.js';
import type { Schedule } from '../schedule.js';
import { KEY } from './plan.js';
import type { Rules } from './rules.js';

/** What a workflow asks of its world. */
export interface WorkflowWorld {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly rules: Rules;
  readonly ledger: Parameters<typeof readLog>[0];
  /** Real time as the workflow's server knows it, ms. */
  serverMs(): number;
  /** The activity: tried until it works. */
  writeFence(name: string, fence: Fence): Promise<number>;
  /** Told of every decision that was answered, and of the state after it. */
  decided(request: DecideRequest, reply: DecideReply, after: CustomerState): void;
}

/** A reply, and whether usage that rode along was folded. */
export type Replied = DecideReply & { readonly folded: boolean };

/** Pause before a page is read again that brought nothing, virtual ms. */
const AGAIN_MS = 500;

/**
 * A customer's workflow as `workflows/` runs it, over the product's reducer: a lane that heals, a
 * lane that writes fences, and handlers that fold and decide at once.
 */
export class SimulatedWorkflow {
  state: CustomerState = initialState(KEY);
  /** One run of one instance: what an older one has under way ends nowhere. */
  private life = {};
  private instance = 1;
  private run = 1;
  private healing = false;
  private writing = false;
  private alarm = {};
  private stirred = false;
  private replies = new Map<string, Replied>();
  private waiting: { readonly number: number; readonly resolve: () => void }[] = [];
  private backup: CustomerState | null = null;

  constructor(private readonly world: WorkflowWorld) {
    this.stir();
  }

  /** A signal. */
  tell(message: UsageMessage): void {
    this.happen({ type: 'message', message });
  }

  /** An Update; under an id that this run has accepted it is answered as before. */
  decide(updateId: string, request: DecideRequest): Replied {
    const known = this.replies.get(updateId);
    if (known) return known;
    const { rules } = this.world;
    const before = this.state;
    const nowMs = this.world.serverMs();
    const { state, effects } = rules.reduce(before, { type: 'decide', ...request, nowMs });
    const answers = effects.find((effect) => effect.type === 'answer')?.answers ?? [];
    const changes = !before.holds.asked || answers.some(({ type }) => type === 'granted');
    const reply = { answers, nowMs, mark: state.mark, folded: changes };
    this.world.decided(request, reply, state);
    if (!changes) return reply;
    this.replies.set(updateId, reply);
    this.become(state);
    return reply;
  }

  /** The state goes through JSON into a run that knows no Update and has nothing under way. */
  continueAsNew(): void {
    this.run += 1;
    this.begin(upgradeState(JSON.parse(JSON.stringify(this.state)) as CustomerState));
  }

  /** Temporal's data is lost; a new instance starts from the log. */
  rebuild(): void {
    this.instance += 1;
    this.begin(initialState(KEY));
  }

  /** What a restore would bring back. */
  backUp(): void {
    this.backup = this.state;
  }

  /** Temporal's data is restored from the backup; as the documented step says, out of service. */
  restore(): void {
    if (!this.backup) return;
    this.instance += 1;
    this.begin(outOfService(this.backup));
  }

  private begin(state: CustomerState): void {
    this.life = {};
    this.healing = false;
    this.writing = false;
    this.alarm = {};
    this.replies = new Map();
    this.waiting = [];
    this.become(state);
    this.stir();
  }

  private happen(change: Change): readonly Effect[] {
    const { state, effects } = this.world.rules.reduce(this.state, change);
    this.become(state, change.type !== 'time');
    return effects;
  }

  private become(state: CustomerState, stirs = true): void {
    if (state === this.state) return;
    this.state = state;
    const reached = this.waiting.filter(({ number }) => number <= state.mark);
    this.waiting = this.waiting.filter(({ number }) => number > state.mark);
    for (const { resolve } of reached) resolve();
    if (stirs) this.stir();
  }

  /** Lets both lanes look at what is. */
  private stir(): void {
    if (this.stirred) return;
    this.stirred = true;
    this.world.schedule.after(this.world.chance.whole(0, 50), () => {
      this.stirred = false;
      void this.keepHealed();
      void this.keepWriting();
    });
  }

  private async keepHealed(): Promise<void> {
    if (this.healing) return;
    this.healing = true;
    const { life } = this;
    while (life === this.life) {
      const [heal] = healEffects(this.state);
      if (heal?.type !== 'heal') break;
      await this.healOnce(life, heal);
    }
    if (life === this.life) this.healing = false;
  }

  private async healOnce(life: object, heal: Extract<Effect, { type: 'heal' }>): Promise<void> {
    const { chance, ledger, schedule } = this.world;
    const { from, catalogue } = heal;
    const before = Math.min(heal.before ?? Infinity, from + chance.whole(1, 8));
    const read = readLog(ledger, { key: KEY, from, before, catalogue });
    const page = await read.catch(() => null);
    await schedule.pause(chance.whole(10, 500));
    if (life !== this.life || !page) return;
    if (page.missing !== null || page.head < from - 1) {
      const missing = String(page.missing ?? `head ${page.head} below mark ${from - 1}`);
      this.happen({ type: 'head', head: page.head, missing });
      return;
    }
    for (const stretch of page.stretches) this.happen({ type: 'stretch', stretch });
    this.happen({ type: 'head', head: page.head, missing: null });
    const stuck = this.state.mark < from && this.state.mark < this.state.head;
    if (stuck) await schedule.pause(AGAIN_MS);
  }

  private async keepWriting(): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    const { life } = this;
    while (life === this.life && (await this.writeOnce(life))) continue;
    if (life === this.life) this.writing = false;
  }

  /** False: nothing is wanted now. */
  private async writeOnce(life: object): Promise<boolean> {
    const realNowMs = this.world.serverMs();
    const random = `${this.instance}-${this.run}`;
    const effects = this.happen({ type: 'time', realNowMs, random });
    const writes = effects.filter((effect) => effect.type === 'writeFence');
    for (const { name, fence } of writes) {
      const number = await this.world.writeFence(name, fence);
      if (life !== this.life) return false;
      this.become(this.world.rules.stands(this.state, `fence/${name}`, number));
      if (number > this.state.head) this.happen({ type: 'head', head: number, missing: null });
      await this.folded(number);
    }
    if (writes.length > 0) return true;
    const wake = effects.find((effect) => effect.type === 'wakeAt');
    this.ring(this.state.holds.nextEndMs === null ? null : (wake?.realMs ?? null), realNowMs);
    return false;
  }

  private folded(number: number): Promise<void> {
    if (this.state.mark >= number || this.state.halted !== null) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ number, resolve }));
  }

  private ring(atMs: number | null, nowMs: number): void {
    const alarm = (this.alarm = {});
    if (atMs === null) return;
    this.world.schedule.after(Math.max(1, atMs - nowMs), () => {
      if (alarm === this.alarm) void this.keepWriting();
    });
  }
}
