import type { PageAsk } from '../arrangement.js';
import type { Command } from '../command.js';

/** Commands without names, addresses and free text; plans, times, amounts and ids stay. */

/** The command as it stands in the log of a deleted customer. */
export function erasedCommand(command: Command): Command {
  switch (command.type) {
    case 'customer': {
      const { timezone, zone } = command.details;
      const details = { ...(timezone === undefined ? {} : { timezone }), ...(zone && { zone }) };
      return { ...command, details };
    }
    case 'controls': {
      const { reason: _reason, ...change } = command.change;
      return { ...command, change };
    }
    case 'ceiling':
      return { ...command, key: null };
    case 'invoice':
    case 'creditNote':
    case 'freeze':
      return { ...command, reason: '' };
    case 'page':
      return { ...command, ask: erasedAsk(command.ask) };
    case 'pageOpened':
      return { ...command, url: '' };
    case 'subscribeFailed':
    case 'pageFailed':
      return { ...command, detail: '' };
    default:
      return command;
  }
}

function erasedAsk(ask: PageAsk): PageAsk {
  if (ask.kind === 'portal') return { ...ask, returnUrl: '' };
  return { ...ask, successUrl: '', cancelUrl: '' };
}
