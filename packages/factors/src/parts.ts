import type { GatehouseContext } from 'graphql-gatehouse';
import type { RecoveryCodeCount, SecondFactor } from './account/holdings.store.ts';
import { type DemandsOptions, loadDemands } from './demands/demands.ts';
import { loadKeys } from './keys/load-keys.ts';
import { createChallenges } from './passkeys/challenges.ts';
import { type FactorsRuntime, relyingPartyOf } from './settings.ts';

export type Parts = FactorsRuntime & Awaited<ReturnType<typeof openFactors>>;

export async function openFactors(runtime: FactorsRuntime, options: DemandsOptions) {
  const { settings, sql, now } = runtime;
  const keys = await loadKeys(runtime);
  return {
    keys,
    challenges: createChallenges({ ...runtime, keys }),
    /** Undefined: there are no passkeys. */
    party: relyingPartyOf(settings, runtime),
    /** By group. */
    demands: await loadDemands(options, sql, now()),
  };
}

interface FactorsLoad {
  secondFactorsOfUser(userId: string): Promise<readonly SecondFactor[]>;
  recoveryCodesOfUser(userId: string): Promise<RecoveryCodeCount | null>;
}

export type FactorsContext = GatehouseContext<unknown, FactorsLoad>;
