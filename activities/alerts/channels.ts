import type { Channel } from './channel.js';
import { mailChannel, mailSettingsOf } from './email.js';
import { slackChannel } from './slack.js';
import { webhookChannel, webhookKey } from './webhook.js';

/** Addresses and secrets of an operator's channels, checked; absent: none. */
export interface ChannelSettings {
  readonly ALERT_WEBHOOK_URL?: string;
  /** `whsec_…`; every one signs. */
  readonly ALERT_WEBHOOK_SECRET: readonly string[];
  readonly SLACK_WEBHOOK_URL?: string;
  readonly SMTP_URL?: string;
}

/** The channels that are set, none: alerts are only listed. */
export function channelsOf(settings: ChannelSettings): Channel[] {
  const { ALERT_WEBHOOK_URL: webhook, SLACK_WEBHOOK_URL: slack, SMTP_URL: smtp } = settings;
  const keys = settings.ALERT_WEBHOOK_SECRET.flatMap((secret) => webhookKey(secret) ?? []);
  const mail = smtp === undefined ? null : mailSettingsOf(smtp);
  return [
    ...(webhook === undefined ? [] : [webhookChannel(webhook, keys)]),
    ...(slack === undefined ? [] : [slackChannel(slack)]),
    ...(mail ? [mailChannel(mail)] : []),
  ];
}
