import type { PackageRuntime } from 'graphql-gatehouse';
import { type DemandsOptions, loadDemands } from './demands/demands.ts';
import { loadKeys } from './keys/load-keys.ts';
import { createChallenges } from './passkeys/challenges.ts';
import { type FactorsSettings, relyingPartyOf } from './settings.ts';

export type FactorsRuntime = PackageRuntime<FactorsSettings>;

/** What proofs and fields use. */
export type Parts = FactorsRuntime & Awaited<ReturnType<typeof openFactors>>;

/** Opens the package in a process. */
export async function openFactors(runtime: FactorsRuntime, options: DemandsOptions) {
  const { settings, sql, randomBytes, now } = runtime;
  const keys = await loadKeys({ keys: settings.FACTORS_KEYS, sql, randomBytes });
  return {
    keys,
    challenges: createChallenges({ keys, randomBytes, now }),
    /** Undefined: there are no passkeys. */
    party: relyingPartyOf(settings, runtime),
    /** By group. */
    demands: await loadDemands(options, sql, now()),
  };
}
