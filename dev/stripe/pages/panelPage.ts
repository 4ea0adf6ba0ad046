import type { Account } from '../account.js';
import { type FaultPanel, REQUEST_KINDS, WEBHOOK_KINDS } from '../http/faults.js';
import type { Reply } from '../http/keys.js';
import { SWITCH_WORDS } from '../switches.js';
import { escape, form, htmlPage, redirect, table } from './html.js';

const SHOWN_MAX = 20;

/** Changes what a form asks for; throws an Error in words for what it cannot read. */
export interface PanelActions {
  readonly setSwitches: (change: Record<string, unknown>) => void;
  readonly faults: FaultPanel;
}

/** The panel for people: what is there, its switches, its faults. */
export function panelPage(account: Account, faults: FaultPanel, problem: string | null): Reply {
  const bad = problem ? `<p class="bad" role="alert">${escape(problem)}</p>` : '';
  const body = [
    bad,
    '<h2>Invoices</h2>',
    invoicesOf(account),
    '<h2>Waiting pages</h2>',
    openPages(account),
    '<h2>Test clocks</h2>',
    clocksOf(account),
    '<h2>Last events</h2>',
    eventsOf(account),
    '<h2>Switches</h2>',
    switchForms(account),
    '<h2>Faults</h2>',
    faultForms(faults),
  ];
  return htmlPage(problem ? 400 : 200, 'Stripe sandbox', body.join(''));
}

/** Does what a form of the page asks for and shows the page again. */
export function panelAction(
  account: Account,
  actions: PanelActions,
  sent: URLSearchParams,
): Reply {
  try {
    act(actions, sent);
    return redirect(`${account.url}/_sandbox`);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return panelPage(account, actions.faults, problem);
  }
}

function act({ setSwitches, faults }: PanelActions, sent: URLSearchParams): void {
  const name = sent.get('switch');
  if (name !== null) {
    setSwitches({ [name]: positionOf(name, sent.get('position') ?? '') });
    return;
  }
  if (sent.get('action') === 'clear') {
    faults.clear();
    return;
  }
  const given = (key: string) => sent.get(key) || undefined;
  const number = (key: string) => (given(key) === undefined ? undefined : Number(given(key)));
  const counts = { times: number('times') ?? 1, after: number('after') };
  const delayMs = number('delayMs');
  const type = given('pattern');
  const kind = given('kind') as Parameters<FaultPanel['add']>[0]['kind'];
  const webhook = given('webhook') as Parameters<FaultPanel['add']>[0]['webhook'];
  if (webhook) faults.add({ webhook, type, delayMs, ...counts });
  else faults.add({ kind, path: type, delayMs, ...counts });
}

function positionOf(name: string, text: string): unknown {
  const word = SWITCH_WORDS[name]?.find((position) => String(position) === text);
  return word ?? Number(text);
}

function invoicesOf(account: Account): string {
  const rows = account.store.all('invoice').toReversed().slice(0, SHOWN_MAX);
  const cells = rows.map((row) => {
    const link = `<a href="/_sandbox/invoices/${row.id}">${escape(row.number ?? row.id)}</a>`;
    const rest = [row.customer ?? '', row.billing_reason ?? '', row.status ?? '', `${row.total}`];
    return `<tr><td>${link}</td>${rest.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;
  });
  return `<table>${cells.join('')}</table>`;
}

function openPages(account: Account): string {
  const sessions = account.store.all('checkoutSession').filter((row) => row.status === 'open');
  const links = sessions.slice(-SHOWN_MAX).map(({ id }) => {
    return `<li><a href="/_sandbox/checkout/${id}">Checkout ${escape(id)}</a></li>`;
  });
  return `<ul>${links.join('')}</ul>`;
}

function clocksOf(account: Account): string {
  const rows = account.store.all('testClock').slice(-SHOWN_MAX);
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  return table(
    ['Clock', 'Time', 'Status'],
    rows.map((clock) => [clock.id, at(clock.frozen_time), clock.status]),
  );
}

function eventsOf(account: Account): string {
  const rows = account.store.all('event').toReversed().slice(0, SHOWN_MAX);
  return table(
    ['Event', 'Type', 'Webhook'],
    rows.map((event) => [event.id, event.type, event.pending_webhooks ? 'on its way' : 'done']),
  );
}

function switchForms(account: Account): string {
  return Object.entries(account.switches)
    .map(([name, position]) => {
      const words = SWITCH_WORDS[name];
      const choice = words
        ? selectOf('position', words.map(String), String(position))
        : `<input name="position" value="${escape(String(position))}" size="7">`;
      return form('Set', { switch: name }, `<label>${escape(name)} ${choice}</label> `);
    })
    .join('');
}

function selectOf(name: string, words: readonly string[], chosen: string): string {
  const options = words.map((word) => {
    const selected = word === chosen ? ' selected' : '';
    return `<option${selected}>${escape(word)}</option>`;
  });
  return `<select name="${name}">${options.join('')}</select>`;
}

const COUNTS =
  ' <label>times <input name="times" value="1" size="4"></label>' +
  ' <label>after <input name="after" size="4"></label>' +
  ' <label>delay in ms <input name="delayMs" size="6"></label> ';

function faultForms(faults: FaultPanel): string {
  const list = faults.list().map((fault) => `<li>${escape(JSON.stringify(fault))}</li>`);
  const path = ' <label>path matches <input name="pattern"></label>';
  const type = ' <label>type matches <input name="pattern"></label>';
  return [
    `<ul>${list.join('')}</ul>`,
    form('Clear', { action: 'clear' }),
    form('Add to requests', {}, selectOf('kind', REQUEST_KINDS, '') + path + COUNTS),
    form('Add to webhooks', {}, selectOf('webhook', WEBHOOK_KINDS, '') + type + COUNTS),
  ].join('');
}
