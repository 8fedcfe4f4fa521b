import type {
  GatehousePackage,
  PackageRuntime,
  PackageSetting,
  SettingValues,
} from 'graphql-gatehouse';
import { z } from 'zod';
import { keysSetting } from './keys/keys-setting.ts';
import { isOriginOf, type RelyingParty } from './passkeys/relying-party.ts';

const domain = z
  .string()
  .regex(
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'must be a domain in lower case without a scheme and a port, such as example.org',
  );

const origins = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .refine((list) => list.every(isOrigin), {
    error: 'must be a list of origins, such as https://www.example.org,https://example.org:8443',
  });

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

export const settings = {
  FACTORS_KEYS: {
    schema: keysSetting.optional(),
    meaning:
      "The keys that encrypt the secrets of authenticator apps and sign the challenges of passkeys: a version and 32 random bytes in base64url, such as 1:KEY, or several of them, separated by commas. The highest version is used for new secrets. Make one with: node -p \"'1:' + require('node:crypto').randomBytes(32).toString('base64url')\". Required in production. Not set: a key in the database, which protects nothing.",
    shows: 'presence',
  },
  FACTORS_ISSUER: {
    schema: z
      .string()
      .regex(/^[^\p{C}:]{1,64}$/u, 'must have 1 to 64 characters, without colons')
      .default('Gatehouse'),
    meaning: 'The name of this installation in authenticator apps and in the dialogs of passkeys.',
    shows: 'value',
  },
  PASSKEY_RP_ID: {
    schema: domain.optional(),
    meaning:
      'The domain that passkeys belong to, such as example.org: the host of PASSKEY_ORIGINS, or a domain above it. Passkeys are lost when it changes. Not set: no passkeys in production, and localhost in development.',
    shows: 'value',
  },
  PASSKEY_ORIGINS: {
    schema: origins.optional(),
    meaning:
      'The origins of the pages that use passkeys, separated by commas, such as https://www.example.org. Not set: http://localhost:4000 in development.',
    shows: 'value',
  },
  FACTORS_SEPARATE_DUTIES: {
    schema: z.enum(['on', 'off']).default('on'),
    meaning:
      'on: a user who has reset the factors of an account cannot set its password or address within 24 hours, and the reverse, also not by an API client or by an account that was opened for it. off: for teams of one.',
    shows: 'value',
  },
} satisfies Record<string, PackageSetting>;

export type FactorsSettings = SettingValues<typeof settings>;

export type FactorsRuntime = PackageRuntime<FactorsSettings>;

type CheckSettings = NonNullable<GatehousePackage<FactorsSettings>['checkSettings']>;

export const checkSettings: CheckSettings = (given, { isProduction }) => {
  const { FACTORS_KEYS: keys, PASSKEY_RP_ID: id, PASSKEY_ORIGINS: list } = given;
  const isForeign = id !== undefined && list?.every((origin) => isOriginOf(origin, id)) === false;
  const foreign =
    'must be origins with https of the domain PASSKEY_RP_ID, or of domains below it; http only for localhost';
  const rules = [
    ['FACTORS_KEYS', isProduction && keys === undefined, 'is required in production'],
    ['PASSKEY_ORIGINS', id !== undefined && !list, 'is required with PASSKEY_RP_ID'],
    ['PASSKEY_RP_ID', id === undefined && list, 'is required with PASSKEY_ORIGINS'],
    ['PASSKEY_ORIGINS', isForeign, foreign],
  ] as const;
  return rules.flatMap(([name, isBroken, message]) => (isBroken ? [{ name, message }] : []));
};

/** Returns who passkeys belong to. Undefined: there are no passkeys. */
export function relyingPartyOf(
  given: FactorsSettings,
  { isProduction }: { readonly isProduction: boolean },
): RelyingParty | undefined {
  const { PASSKEY_RP_ID: id, PASSKEY_ORIGINS: list, FACTORS_ISSUER: name } = given;
  if (id !== undefined && list !== undefined) return { id, origins: list, name };
  return isProduction ? undefined : { id: 'localhost', origins: ['http://localhost:4000'], name };
}
