// The defaults of settings and other limits that documents quote, as the code has them.
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { nats } from '@graphql-gatehouse/nats';
import { operations } from '@graphql-gatehouse/operations';
import { redis } from '@graphql-gatehouse/redis';
import { rights } from '@graphql-gatehouse/rights';
import { openMs } from '../../packages/factors/src/account/openings.store.ts';
import { apartMs } from '../../packages/factors/src/duties/notice.ts';
import { challengeLifetimeMs } from '../../packages/factors/src/passkeys/challenges.ts';
import { recoveredMs } from '../../packages/factors/src/recovery/recovered.ts';
import { MAX_AGE_MS } from '../../packages/nats/src/event-stream.ts';
import { keptDays } from '../../packages/rights/src/counts/write-counts.ts';
import { describeEverySetting } from '../../src/config/describe-settings.ts';
import { FROZEN_AFTER_MS } from '../../src/database/events/listen-session.ts';
import { initTimeoutMs } from '../../src/doors/socket/socket-limits.ts';
import { challengeSeconds } from '../../src/identity/sessions/proofs/prove.store.ts';
import { freshSeconds } from '../../src/values/factor.ts';
import { formatNumber } from './figures.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** One day is 24 hours: what lasts so long does not end at midnight. */
const units = [
  { name: 'days', ms: day, from: 2 * day },
  { name: 'hours', ms: hour, from: 2 * hour },
  { name: 'minutes', ms: minute, from: 2 * minute },
  { name: 'seconds', ms: second, from: second },
] as const;

/** A duration in the largest unit of which it is a multiple, or in seconds: 7 days, 2.5 seconds, 250 ms. */
export function formatDuration(ms: number): string {
  const unit =
    units.find((each) => ms >= each.from && ms % each.ms === 0) ??
    units.find(({ name, from }) => name === 'seconds' && ms >= from);
  return unit === undefined ? `${ms} ms` : `${formatNumber(ms / unit.ms)} ${unit.name}`;
}

const packages = [factors(), mail(), nats(), operations(), redis(), rights()];
const defaults: ReadonlyMap<string, string> = new Map(
  describeEverySetting(packages).map(({ name, defaultText }) => [name, defaultText]),
);

/** Limits that no setting changes. */
const constants: Readonly<Record<string, string>> = {
  'fresh-login': formatDuration(freshSeconds * second),
  challenge: formatDuration(challengeSeconds * second),
  'passkey-challenge': formatDuration(challengeLifetimeMs),
  'opened-enrolment': formatDuration(openMs),
  'separate-duties': formatDuration(apartMs),
  'after-recovery-code': formatDuration(recoveredMs),
  'group-uses': formatDuration(keptDays * day),
  'frozen-node': formatDuration(FROZEN_AFTER_MS),
  'nats-stream': formatDuration(MAX_AGE_MS),
  'socket-init': formatDuration(initTimeoutMs),
};

/** What documents say of a limit: the default of a setting, by its name, or a constant. */
export function limitText(name: string): string {
  const constant = constants[name];
  if (constant !== undefined) return constant;
  const value = defaults.get(name);
  if (value === undefined || value === '') throw new Error(`No limit is called ${name}.`);
  const number = Number(value);
  if (Number.isNaN(number)) return value;
  if (/_SECONDS$/.test(name)) return formatDuration(number * second);
  if (/_MS$/.test(name)) return formatDuration(number);
  return /_DAYS$/.test(name) ? formatDuration(number * day) : formatNumber(number);
}
