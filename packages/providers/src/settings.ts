import type {
  GatehousePackage,
  PackageRuntime,
  PackageSetting,
  SettingValues,
} from 'graphql-gatehouse';
import { z } from 'zod';
import { isReturnAddress } from './return-to.ts';

const origin = z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
  error: 'must be an origin without a path, such as https://api.example.org',
});

const addresses = z
  .string()
  .transform((text) => text.split(',').map((each) => each.trim()))
  .refine((list) => list.every(isReturnAddress), {
    error:
      'must be addresses with https as browsers write them, without `#`, such as https://www.example.org/login; http only for this machine',
  });

const shared = {
  PROVIDERS_URL: {
    schema: origin.optional(),
    meaning:
      'The origin at which browsers reach this server, such as https://api.example.org: providers send users back to it. Required in production. Not set: http://localhost:4000.',
    shows: 'value',
  },
  PROVIDERS_RETURN_TO: {
    schema: addresses.optional(),
    meaning:
      'The pages to which users go after a login at a provider, separated by commas. Required in production. Not set: http://localhost:4000/console/.',
    shows: 'value',
  },
  PROVIDERS_APPS_RETURN_TO: {
    schema: addresses.optional(),
    meaning:
      'The same for apps: claimed addresses, and http://127.0.0.1/done of any port. No page of PROVIDERS_RETURN_TO: apps begin without a cookie. Not set: no apps.',
    shows: 'value',
  },
} satisfies Record<string, PackageSetting>;

/** Those of every provider are by its name: see `clientOf`. */
export type ProvidersSettings = SettingValues<typeof shared> & Readonly<Record<string, unknown>>;

export type ProvidersRuntime = PackageRuntime<ProvidersSettings>;

/** Returns the settings of the package: two for each provider beside those that are shared. */
export const settingsOf = (names: readonly string[]) => ({
  ...shared,
  ...Object.fromEntries(names.flatMap((name) => Object.entries(clientSettings(name)))),
});

const clientSettings = (name: string): Readonly<Record<string, PackageSetting>> => ({
  [idOf(name)]: {
    schema: z.string().min(1).max(255),
    meaning: `The client id of this installation at the provider ${name}.`,
    shows: 'value',
  },
  [secretOf(name)]: {
    schema: z.string().min(1).max(1_000),
    meaning: `The client secret of this installation at the provider ${name}.`,
    shows: 'presence',
  },
});

const idOf = (name: string) => `PROVIDER_${name}_ID`;
const secretOf = (name: string) => `PROVIDER_${name}_SECRET`;

/** The client of this installation at a provider. */
export const clientOf = (settings: ProvidersSettings, name: string) => ({
  clientId: z.string().parse(settings[idOf(name)]),
  clientSecret: z.string().parse(settings[secretOf(name)]),
});

type CheckSettings = NonNullable<GatehousePackage<ProvidersSettings>['checkSettings']>;

export const checkSettings: CheckSettings = (given, { isProduction }) => {
  const { PROVIDERS_URL: url } = given;
  const isOpen = url !== undefined && !url.startsWith('https:');
  const required = ['PROVIDERS_URL', 'PROVIDERS_RETURN_TO'] as const;
  const { PROVIDERS_RETURN_TO: pages = [], PROVIDERS_APPS_RETURN_TO: apps = [] } = given;
  return [
    ...(apps.some((each) => pages.includes(each))
      ? [{ name: 'PROVIDERS_APPS_RETURN_TO', message: 'must have no page of PROVIDERS_RETURN_TO' }]
      : []),
    ...required.flatMap((name) =>
      isProduction && given[name] === undefined
        ? [{ name, message: 'is required in production' }]
        : [],
    ),
    ...(isProduction && isOpen
      ? [{ name: 'PROVIDERS_URL', message: 'must begin with https:// in production' }]
      : []),
  ];
};

const developmentUrl = 'http://localhost:4000';

/** Where users come from and go to. */
export const addressesOf = ({
  PROVIDERS_URL: url,
  PROVIDERS_RETURN_TO: pages,
  PROVIDERS_APPS_RETURN_TO: apps,
}: ProvidersSettings) => ({
  origin: url ?? developmentUrl,
  ofPages: pages ?? [`${developmentUrl}/console/`],
  ofApps: apps ?? [],
});
