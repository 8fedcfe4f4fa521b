import { createHash } from 'node:crypto';
import { oidc, providers } from '@graphql-gatehouse/providers';
import type { Answer, AskOptions } from './ask.ts';
import {
  type IdentityProvider,
  type ProviderBrowser,
  startIdentityProvider,
} from './identity-provider.ts';
import { type PackageServerOptions, startPackageServer } from './package-server.ts';
import type { TestServer } from './test-server.ts';

/** The address of the server, as its settings have it: the tests send the way back to the port. */
export const publicOrigin = 'http://localhost:4000';
export const returnTo = 'http://localhost:4000/console/';
export const appReturnTo = 'http://127.0.0.1/done';

type OidcOptions = Parameters<typeof oidc>[0];

export interface ProvidersServerOptions extends Partial<Omit<PackageServerOptions, 'packages'>> {
  /** Of each provider, beside its issuer. */
  readonly options?: Readonly<Record<string, Partial<OidcOptions>>>;
  readonly beside?: PackageServerOptions['packages'];
  /** An issuer in place of the real provider. */
  readonly issuer?: string;
  /** The port at which browsers reach the server. Absent: a free one, to which the test sends the way back. */
  readonly port?: number;
}

export interface ProvidersServer extends TestServer {
  readonly providers: Readonly<Record<string, IdentityProvider>>;
}

/** Starts a server whose users log in with providers: a real one for each name. */
export async function startProvidersServer({
  options = { ACME: {} },
  beside = [],
  issuer,
  port,
  environment,
  ...given
}: ProvidersServerOptions = {}): Promise<ProvidersServer> {
  const names = Object.keys(options);
  const origin = port === undefined ? publicOrigin : `http://localhost:${port}`;
  const started = await Promise.all(
    names.map((name) =>
      startIdentityProvider([wayBackUri(name, origin)], name.toLowerCase(), {
        logoutUri: `${wayBackUri(name, origin)}/logout`,
        afterLogout: [`${origin}/console/`],
      }),
    ),
  );
  const clients = Object.fromEntries(
    names.flatMap((name, index) => [
      [`PROVIDER_${name}_ID`, started[index]?.client.id ?? ''],
      [`PROVIDER_${name}_SECRET`, started[index]?.client.secret ?? ''],
    ]),
  );
  const described = names.map((name, index) => [
    name,
    oidc({ issuer: issuer ?? started[index]?.issuer ?? '', ...options[name] }),
  ]);
  const server = await startPackageServer({
    now: () => new Date(),
    ...given,
    packages: [...beside, providers(Object.fromEntries(described))],
    environment: {
      PROVIDERS_URL: origin,
      PROVIDERS_RETURN_TO: `${origin}/console/`,
      PROVIDERS_APPS_RETURN_TO: appReturnTo,
      ...(port === undefined ? {} : { PORT: `${port}` }),
      ...clients,
      ...environment,
    },
  });
  for (const each of started) each.deliverTo(server.url);
  return {
    ...server,
    providers: Object.fromEntries(names.map((name, index) => [name, started[index]])) as never,
    async stop() {
      await server.stop();
      await Promise.all(started.map((each) => each.stop()));
    },
  };
}

const wayBackUri = (name: string, origin: string): string =>
  `${origin}/providers/${name.toLowerCase()}`;

/** A log-in that has begun in a browser or an app. */
export interface BegunLogin {
  readonly url: string;
  readonly challenge: string;
  /** The cookies of the browser. */
  readonly cookie: string | undefined;
}

/** What users of providers do. */
export function createProvidersClient(server: Pick<ProvidersServer, 'ask' | 'url' | 'providers'>) {
  /** What a page of the server's own origin sends. */
  const asPage = (query: string, cookie?: string, options: AskOptions = {}): Promise<Answer> =>
    server.ask(query, {
      ...options,
      headers: {
        origin: server.url,
        'sec-fetch-site': 'same-origin',
        ...(cookie === undefined ? {} : { cookie }),
        ...options.headers,
      },
    });
  const beginText = `mutation ($provider: Provider!, $returnTo: String!, $appChallenge: String) {
    beginProviderLogin(provider: $provider, returnTo: $returnTo, appChallenge: $appChallenge) { url challenge }
  }`;
  const beginAs = (
    variables: Readonly<Record<string, unknown>> = {},
    options: AskOptions & { readonly cookie?: string } = {},
  ): Promise<Answer> => {
    const { cookie, ...rest } = options;
    return asPage(beginText, cookie, {
      ...rest,
      variables: {
        provider: 'ACME',
        returnTo: variables.appChallenge === undefined ? returnTo : appReturnTo,
        ...variables,
      },
    });
  };
  const begin = async (...given: Parameters<typeof beginAs>): Promise<BegunLogin> => {
    const { data, headers, text } = await beginAs(...given);
    if (data === null || data === undefined) throw new Error(text);
    const [set] = headers.getSetCookie();
    return { ...data.beginProviderLogin, cookie: set?.split(';')[0] };
  };
  /** The browser comes back from the provider. */
  const comeBack = async (wayBack: URL | string, cookie?: string): Promise<Response> => {
    const { pathname, search } = new URL(wayBack);
    return fetch(`${server.url}${pathname}${search}`, {
      redirect: 'manual',
      headers: {
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        ...(cookie === undefined ? {} : { cookie }),
      },
    });
  };
  /** Goes to the provider and back, and returns what is behind the `#`. */
  const visit = async (
    { url, cookie }: Pick<BegunLogin, 'url' | 'cookie'>,
    name = 'ACME',
    browser?: ProviderBrowser,
  ): Promise<URLSearchParams> => {
    const back = await comeBack(await provider(name).visit(url, browser), cookie);
    const location = back.headers.get('location');
    if (back.status !== 303 || location === null) throw new Error(await back.text());
    return new URLSearchParams(new URL(location).hash.slice(1));
  };
  const provider = (name = 'ACME'): IdentityProvider => {
    const found = server.providers[name];
    if (found === undefined) throw new Error(`There is no provider ${name}.`);
    return found;
  };
  const proofOf = (code: string | null, verifier?: string) => ({ provider: { code, verifier } });
  const completeSession = (challenge: string, proof: object, cookie?: string): Promise<Answer> =>
    asPage(
      `mutation ($c: String!, $p: Proof!) { completeSession(challenge: $c, proof: $p) { principal { id } groups } }`,
      cookie,
      { variables: { c: challenge, p: proof } },
    );
  const completeLogin = (challenge: string, proof: object): Promise<Answer> =>
    server.ask(
      'mutation ($c: String!, $p: Proof!) { completeLogin(challenge: $c, proof: $p) { accessToken user { id username } } }',
      { variables: { c: challenge, p: proof } },
    );
  const signUp = (challenge: string, code: string | null, username: string): Promise<Answer> =>
    asPage(
      'mutation ($c: String!, $code: String!, $u: String!) { signUpByProvider(challenge: $c, code: $code, username: $u) }',
      undefined,
      { variables: { c: challenge, code, u: username } },
    );
  const link = (token: string, code: string | null, proof: object, challenge?: string) =>
    server.ask(
      `mutation ($code: String!, $p: Proof!, $c: String) {
        linkProvider(code: $code, proof: $p, challenge: $c) { id provider subject lastUsedAt }
      }`,
      { token, variables: { code, p: proof, c: challenge } },
    );
  return {
    asPage,
    beginAs,
    begin,
    comeBack,
    visit,
    provider,
    proofOf,
    completeSession,
    completeLogin,
    signUp,
    link,
  };
}

/** The verifier of an app, and its challenge. */
export function appSecret(verifier = 'v'.repeat(64)) {
  return {
    verifier,
    appChallenge: createHash('sha256').update(verifier).digest('base64url'),
  };
}
