import type { GroupDemand, PackageRuntime } from 'graphql-gatehouse';
import { type AddressAttempts, createAddressAttempts } from './attempts/address-attempts.ts';
import { type CodeAttempts, createCodeAttempts } from './attempts/code-attempts.ts';
import { type DemandsOptions, loadDemands } from './demands/demands.ts';
import type { KeyRing } from './keys/key-ring.ts';
import { loadKeys } from './keys/load-keys.ts';
import { type Challenges, createChallenges } from './passkeys/challenges.ts';
import type { RelyingParty } from './passkeys/relying-party.ts';
import { type FactorsSettings, relyingPartyOf } from './settings.ts';

export type FactorsRuntime = PackageRuntime<FactorsSettings>;

/** What proofs and fields use. Created once in a process. */
export interface Parts extends FactorsRuntime {
  readonly keys: KeyRing;
  readonly challenges: Challenges;
  /** Undefined: there are no passkeys. */
  readonly party: RelyingParty | undefined;
  readonly codeAttempts: CodeAttempts;
  readonly addressAttempts: AddressAttempts;
  /** By group. */
  readonly demands: ReadonlyMap<string, GroupDemand>;
}

/** Creates the parts of a process. */
async function createParts(runtime: FactorsRuntime, options: DemandsOptions): Promise<Parts> {
  const { settings, sql, randomBytes, now } = runtime;
  const keys = await loadKeys({ keys: settings.FACTORS_KEYS, sql, randomBytes });
  const ownParts = {
    keys,
    challenges: createChallenges({ keys, randomBytes, now }),
    party: relyingPartyOf(settings, runtime),
    codeAttempts: createCodeAttempts(sql, now),
    addressAttempts: createAddressAttempts(sql, now),
    demands: await loadDemands(options, sql, now()),
  };
  return Object.assign({}, runtime, ownParts);
}

/** Returns the parts of a process, which its first caller creates. */
export type PartsOf = (runtime: FactorsRuntime) => Promise<Parts>;

/** One configuration can serve several processes, as in tests. */
export function createPartsOf(options: DemandsOptions): PartsOf {
  const made = new WeakMap<FactorsRuntime, Promise<Parts>>();
  return (runtime) => {
    const found = made.get(runtime);
    if (found !== undefined) return found;
    const making = createParts(runtime, options);
    made.set(runtime, making);
    // The database may have been unavailable.
    making.catch(() => made.delete(runtime));
    return making;
  };
}

/** Counts an attempt with a passkey from an address. @throws RATE_LIMITED. */
export async function takeAddressAttempt(
  { addressAttempts, addressKey, errors }: Parts,
  ip: string | undefined,
): Promise<void> {
  // All clients of unknown addresses would share one counter.
  if (ip === undefined) return;
  const retryAfterSeconds = await addressAttempts.take(addressKey(ip));
  if (retryAfterSeconds > 0) throw errors.rateLimited(retryAfterSeconds);
}
