import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { listenLocally } from './listen-locally.ts';

/** Who logs in at the provider next, and what the provider says of it. */
export interface LogInAtProvider {
  readonly subject: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** A verified address. */
  readonly email?: string;
  /** When the user proved itself, in seconds since 1970. Default: now. */
  readonly at?: number;
  /** The claim `groups`. Undefined: the token has none. */
  readonly groups?: readonly string[];
}

/** The cookies of one browser at the provider. */
export type ProviderBrowser = Map<string, string>;

/** What the client registers beside the addresses of its way back. */
export interface RegisteredAddresses {
  /** To which the provider sends log-outs. */
  readonly logoutUri: string;
  /** To which users may go after a log-out. */
  readonly afterLogout: readonly string[];
}

/** An identity provider as others run it, with one client. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Lets each visitor log in at once. Undefined: a page asks for the name. */
  answerWith(who: LogInAtProvider | undefined): void;
  /** Follows an address as a browser would, and returns the address to which the provider sends its user. */
  visit(url: string, browser?: ProviderBrowser): Promise<URL>;
  /**
   * Logs out at the provider in a browser, which sends it to this server first. Returns the address to which the user goes, and
   * whether the server took the log-out.
   */
  logOut(
    url: string,
    browser: ProviderBrowser,
  ): Promise<{ readonly location: string | null; readonly taken: boolean }>;
  /** Sends log-outs to a server, in place of the registered origin. */
  deliverTo(origin: string): void;
  stop(): Promise<void>;
}

const client = { id: 'gatehouse', secret: 'the secret of the client at the provider' } as const;
const interactionPath = '/log-in/';

/** Starts a provider, whose client may send its users to these addresses. */
export async function startIdentityProvider(
  redirectUris: readonly string[],
  name = 'provider',
  registered?: RegisteredAddresses,
): Promise<IdentityProvider> {
  let who: LogInAtProvider | undefined;
  let deliveredTo: string | undefined;
  const groups = new Map<string, readonly string[]>();
  const emails = new Map<string, string>();
  let handle = (_request: IncomingMessage, _response: ServerResponse): unknown => undefined;
  const server = createServer((request, response) => void handle(request, response));
  const { port, stop } = await listenLocally(server);
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(
    issuer,
    await configurationOf(redirectUris, {
      name,
      claimsOf: (subject) => ({
        email: emails.get(subject) ?? `${subject}@example.org`,
        email_verified: true,
        ...(groups.has(subject) ? { groups: groups.get(subject) } : {}),
      }),
      registered,
      deliver: (url) => new URL(new URL(url).pathname, deliveredTo ?? url),
    }),
  );
  const taken: boolean[] = [];
  provider.on('backchannel.success', () => taken.push(true));
  provider.on('backchannel.error', () => taken.push(false));
  const answer = provider.callback();
  handle = (request, response) =>
    request.url?.startsWith(interactionPath)
      ? interact(provider, { request, response, who })
      : answer(request, response);
  return {
    issuer,
    client,
    answerWith(next) {
      who = next;
      if (next?.email !== undefined) emails.set(next.subject, next.email);
      if (next?.groups !== undefined) groups.set(next.subject, next.groups);
    },
    visit: (url, browser = new Map()) => follow(url, { issuer, browser }),
    async logOut(url, browser) {
      taken.length = 0;
      return { location: await confirmLogout(url, browser), taken: taken.includes(true) };
    },
    deliverTo(origin) {
      deliveredTo = origin;
    },
    stop,
  };
}

interface Configured {
  readonly name: string;
  readonly claimsOf: (subject: string) => Readonly<Record<string, unknown>>;
  readonly registered: RegisteredAddresses | undefined;
  /** Where a log-out goes in place of its registered address. */
  readonly deliver: (url: string) => URL;
}

async function configurationOf(
  redirectUris: readonly string[],
  { name, claimsOf, registered, deliver }: Configured,
): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [...redirectUris],
        token_endpoint_auth_method: 'client_secret_post',
        ...(registered && {
          backchannel_logout_uri: registered.logoutUri,
          backchannel_logout_session_required: true,
          post_logout_redirect_uris: [...registered.afterLogout],
        }),
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: name }] },
    cookies: { keys: [`cookies of ${name}`] },
    ttl: { Session: 3_600, Interaction: 600, Grant: 600, AccessToken: 60, IdToken: 60 },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    // The rest of the options is for its own kind of fetch.
    fetch: (url, { method, headers, body, redirect } = {}) =>
      fetch(deliver(`${url}`), {
        ...(method === undefined ? {} : { method }),
        ...(headers === undefined ? {} : { headers }),
        ...(redirect === undefined ? {} : { redirect }),
        body: body ?? null,
      }),
    acrValues: ['urn:acme:mfa'],
    claims: {
      openid: ['sub', 'acr', 'amr', 'email', 'email_verified', 'groups'],
      auth_time: null,
      iss: null,
      sid: null,
    },
    interactions: { url: (_context, { uid }) => `${interactionPath}${uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...claimsOf(id) }),
    }),
    /** No page asks whether the client may know who the user is. */
    async loadExistingGrant({ oidc }) {
      const { Grant } = oidc.provider;
      const accountId = oidc.session?.accountId;
      if (accountId === undefined || oidc.client === undefined) return undefined;
      const grant = new Grant({ clientId: oidc.client.clientId, accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
  };
}

interface Interaction {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly who: LogInAtProvider | undefined;
}

async function interact(
  provider: Provider,
  { request, response, who }: Interaction,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const subject = who?.subject ?? searchParams.get('name');
  if (subject === null) {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      '<!doctype html><title>Provider</title><form><label>Name <input name="name"></label> <button>Log in at the provider</button></form>',
    );
    return;
  }
  await provider.interactionFinished(request, response, {
    login: {
      accountId: subject,
      ...(who?.acr === undefined ? {} : { acr: who.acr }),
      ...(who?.amr === undefined ? {} : { amr: [...who.amr] }),
      ...(who?.at === undefined ? {} : { ts: who.at }),
    },
  });
}

interface Following {
  readonly issuer: string;
  readonly browser: ProviderBrowser;
}

/** Sends a request with the cookies of a browser, which keeps those of the answer. */
async function send(
  url: URL,
  browser: ProviderBrowser,
  options: RequestInit = {},
): Promise<Response> {
  const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie }, ...options });
  for (const each of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
    browser.set(name, value);
  }
  return answer;
}

/** Confirms a log-out at the provider's page, and returns where the user goes. */
async function confirmLogout(start: string, browser: ProviderBrowser): Promise<string | null> {
  const page = await (await send(new URL(start), browser)).text();
  const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page) ?? [];
  const cookie = [...browser].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await send(new URL(action, start), browser, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ xsrf, logout: 'yes' }),
  });
  return answer.headers.get('location');
}

/** Follows redirects within the provider, with its cookies. */
async function follow(start: string, { issuer, browser }: Following): Promise<URL> {
  let url = new URL(start);
  for (let hops = 0; url.origin === issuer; hops += 1) {
    if (hops > 10) throw new Error('The provider sends its user in circles.');
    const answer = await send(url, browser);
    const location = answer.headers.get('location');
    if (location === null)
      throw new Error(`The provider answered ${answer.status}: ${await answer.text()}`);
    url = new URL(location, url);
  }
  return url;
}
