import { DeliveryFault, SEND_MS_MAX } from './channel.js';

/** Says that the receiver wants nothing any more (standardwebhooks, "Gone"). */
const GONE = 410;

/**
 * POSTs JSON once. Redirects are not followed: they could lead anywhere.
 * @throws DeliveryFault for any status but 2xx; network errors as they come.
 */
export async function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  stop: AbortSignal,
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'user-agent': 'Durabill', ...headers },
    redirect: 'manual',
    signal: AbortSignal.any([stop, AbortSignal.timeout(SEND_MS_MAX)]),
  });
  await response.body?.cancel();
  if (!response.ok) {
    throw new DeliveryFault(`answered ${response.status}`, response.status === GONE);
  }
}
