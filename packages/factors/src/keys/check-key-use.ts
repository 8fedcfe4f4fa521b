import type { Check } from 'graphql-gatehouse';
import type { FactorsRuntime } from '../settings.ts';
import { countByKey, describeCount, developmentVersion, type KeyUse } from './load-keys.ts';

const name = 'second factors';

/** Checks for `gatehouse doctor` which keys the secrets of authenticator apps need. */
export async function checkKeyUse({ sql, settings }: FactorsRuntime): Promise<readonly Check[]> {
  const used = await countByKey(sql);
  const versions = settings.FACTORS_KEYS?.map(({ version }) => version) ?? [developmentVersion];
  const newest = Math.max(...versions);
  const missing = used.filter(({ keyVersion }) => !versions.includes(keyVersion));
  if (missing.length > 0) {
    const advice = `add the key, or run gatehouse factors-abandon-key ${missing[0]?.keyVersion} if it is lost`;
    return [{ name, state: 'problem', found: `FACTORS_KEYS lacks ${describe(missing)}`, advice }];
  }
  const old = used.filter(({ keyVersion }) => keyVersion !== newest);
  if (old.length > 0) {
    const advice = 'run gatehouse factors-rotate-key, then remove the old keys';
    return [{ name, state: 'warning', found: `${describe(old)} is in use`, advice }];
  }
  return [{ name, state: 'ok', found: used.length === 0 ? 'no secrets' : describe(used) }];
}

const describe = (uses: readonly KeyUse[]): string =>
  uses.map((use) => `key version ${use.keyVersion} (${describeCount(use)} apps)`).join(', ');
