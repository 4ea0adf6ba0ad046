import type { OpenedPage } from '../../arrangement.js';
import type { Command } from '../../command.js';
import type { CustomerState } from '../../state.js';
import type { CheckoutView } from '../invoice/view.js';

/** Stripe's own pages: asked for through the log, opened by the worker, followed to their end. */

/** Stripe's clock may be a little behind ours. */
const LOOK_AGAIN_MS = 600_000;

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Notes that a page is wanted; a newer wish goes before an older one. */
export function applyPage(
  state: CustomerState,
  request: number,
  { ask, atMs }: CommandOf<'page'>,
): CustomerState {
  return { ...state, wantedPage: { request, ask, atMs } };
}

/** The page is open. A checkout is followed until it is paid or over. */
export function applyPageOpened(
  state: CustomerState,
  { type: _type, ...page }: CommandOf<'pageOpened'>,
): CustomerState {
  const wanted = state.wantedPage;
  const wantedPage = wanted?.request === page.request ? null : (wanted ?? null);
  return { ...state, wantedPage, openPage: page };
}

/** A checkout that is paid or over is followed no more. */
export function checkoutSeen(state: CustomerState, { isOpen }: CheckoutView): CustomerState {
  const { lookAtStripe: _looked, ...rest } = state;
  const { openPage } = state;
  if (!openPage?.checkout) return rest;
  if (isOpen) return { ...rest, openPage: { ...openPage, expiresAtMs: later(openPage) } };
  return { ...rest, openPage: { ...openPage, checkout: null } };
}

/** One that is still open at its end is looked at again a while later. */
function later({ expiresAtMs }: OpenedPage): number | null {
  return expiresAtMs === null ? null : expiresAtMs + LOOK_AGAIN_MS;
}

/** When an open checkout is to be looked at without being told to: at its end. */
export function checkoutEndMs({ openPage }: CustomerState): number | null {
  return openPage?.checkout ? openPage.expiresAtMs : null;
}
