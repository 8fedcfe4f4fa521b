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
}

/** An identity provider as others run it, with one client. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Lets each visitor log in at once. Undefined: a page asks for the name. */
  answerWith(who: LogInAtProvider | undefined): void;
  /** Follows an address as a browser would, and returns the address to which the provider sends its user. */
  visit(url: string): Promise<URL>;
  stop(): Promise<void>;
}

const client = { id: 'gatehouse', secret: 'the secret of the client at the provider' } as const;
const interactionPath = '/log-in/';

/** Starts a provider, whose client may send its users to these addresses. */
export async function startIdentityProvider(
  redirectUris: readonly string[],
  name = 'provider',
): Promise<IdentityProvider> {
  let who: LogInAtProvider | undefined;
  const emails = new Map<string, string>();
  let handle = (_request: IncomingMessage, _response: ServerResponse): unknown => undefined;
  const server = createServer((request, response) => void handle(request, response));
  const { port, stop } = await listenLocally(server);
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(
    issuer,
    await configurationOf(redirectUris, {
      name,
      emailOf: (subject) => emails.get(subject) ?? `${subject}@example.org`,
    }),
  );
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
    },
    visit: (url) => follow(url, issuer),
    stop,
  };
}

async function configurationOf(
  redirectUris: readonly string[],
  { name, emailOf }: { readonly name: string; readonly emailOf: (subject: string) => string },
): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [...redirectUris],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: name }] },
    cookies: { keys: [`cookies of ${name}`] },
    ttl: { Session: 3_600, Interaction: 600, Grant: 600, AccessToken: 60, IdToken: 60 },
    features: { devInteractions: { enabled: false } },
    acrValues: ['urn:acme:mfa'],
    claims: {
      openid: ['sub', 'acr', 'amr', 'email', 'email_verified'],
      auth_time: null,
      iss: null,
      sid: null,
    },
    interactions: { url: (_context, { uid }) => `${interactionPath}${uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: emailOf(id), email_verified: true }),
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

/** Follows redirects within the provider, with its cookies. */
async function follow(start: string, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  for (let hops = 0; url.origin === issuer; hops += 1) {
    if (hops > 10) throw new Error('The provider sends its user in circles.');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const each of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null)
      throw new Error(`The provider answered ${answer.status}: ${await answer.text()}`);
    url = new URL(location, url);
  }
  return url;
}
