import { randomUUID } from 'node:crypto';
import { oidc, providers } from '@graphql-gatehouse/providers';
import { historiesOf } from '../../../src/schema/packages/histories.ts';
import { outcomeOf } from '../factors-server.ts';
import { clientId, clientSecret } from '../hostile-provider.ts';
import { logoutToken, sendLogout } from '../logout-token.ts';
import { createNodeClient, requireDone, type TestUser, userPassword } from '../node-client.ts';
import type { KillNodes } from '../operation-kills.ts';
import { type Environment, type Gatehouse, inProject } from '../process.ts';
import { type BegunLogin, createProvidersClient } from '../providers-server.ts';
import { type PreparedNodes, prepareNodes } from '../two-nodes.ts';
import { type CodeProvider, type Said, startCodeProvider } from './code-provider.ts';

const directory = import.meta.dirname;

/** A node whose users log in at a provider, over a PostgreSQL database, for a role that owns nothing. More can be started. */
export type ProvidersNodes = Pick<PreparedNodes, 'sql'> & KillNodes<ProvidersClient>;

export type ProvidersClient = ReturnType<typeof createClient>;

/** Starts one node, and the provider. `settings`: of all nodes. */
export async function startProvidersNodes(
  gatehouse: Gatehouse,
  settings: Environment = {},
): Promise<ProvidersNodes> {
  const acme = await startCodeProvider();
  const { issuer } = acme.provider;
  const config = { domains: [], packages: [providers({ ACME: oidc({ issuer }) })] };
  const { nodeUrl, sql, serve } = await prepareNodes(
    inProject(gatehouse, directory),
    { ...nodeSettings, PROVIDERS_ISSUER: issuer, ...settings },
    { histories: historiesOf({ directory, config }) },
  );
  const { url: first } = await serve();
  return {
    nodeUrl,
    sql,
    serve,
    async forgetAttempts() {
      await sql.query('DELETE FROM gatehouse_providers.address_attempts');
    },
    client: (url = first) => createClient(url, acme),
  };
}

const nodeSettings: Environment = {
  PROVIDER_ACME_ID: clientId,
  PROVIDER_ACME_SECRET: clientSecret,
  ACCESS_TOKEN_SECONDS: '3600',
  LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
  LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
};

/** A user whom the provider knows by a subject. */
export interface LinkedUser {
  readonly user: TestUser;
  readonly sub: string;
}

/** What users of the provider do at a node. */
function createClient(url: string, { provider, visit }: CodeProvider) {
  const node = createNodeClient(url);
  const pages = createProvidersClient({ ask: node.ask, url, providers: {} });

  /** The user comes back, and goes to a page with these parameters. */
  async function comeBack(wayBack: string, { cookie }: Pick<BegunLogin, 'cookie'>) {
    const answer = await pages.comeBack(wayBack, cookie);
    await answer.text();
    const location = answer.headers.get('location');
    const parameters = new URLSearchParams(
      location === null ? '' : new URL(location).hash.slice(1),
    );
    return { status: answer.status, parameters };
  }

  /** Visits the provider and comes back, and returns the code. */
  async function codeOf(begun: BegunLogin, said: Said): Promise<string> {
    const { status, parameters } = await comeBack(visit(begun.url, said), begun);
    const code = parameters.get('code');
    if (code === null) throw new Error(`the way back: ${status} ${parameters}`);
    return code;
  }

  const link = ({ accessToken }: TestUser, code: string) =>
    pages.link(accessToken, code, { password: userPassword });

  const complete = ({ challenge }: BegunLogin, code: string) =>
    pages.completeSession(challenge, pages.proofOf(code));

  /** Begins a link in the session of a user. */
  async function beginLink({ accessToken: token }: TestUser, said: Said): Promise<string> {
    return codeOf(await pages.begin({}, { token }), said);
  }

  /** Logs in with the provider. */
  async function logInAt(said: Said) {
    const begun = await pages.begin();
    return complete(begun, await codeOf(begun, said));
  }

  return {
    aUser: () => node.aUser(),
    logIn: ({ username }: TestUser) => node.logIn(username, userPassword),
    begin: () => pages.begin(),
    visit,
    comeBack,
    codeOf,
    beginLink,
    link,
    complete,
    async aLinkedUser(): Promise<LinkedUser> {
      const user = await node.aUser();
      const sub = randomUUID();
      requireDone(await link(user, await beginLink(user, { sub })));
      return { user, sub };
    },
    async openSession(said: Said) {
      requireDone(await logInAt(said));
    },
    /** Logs in with the provider, and returns the outcome. */
    tryLogIn: async (said: Said) => outcomeOf(await logInAt(said)),
    newLogout: (said: Partial<Said>) => logoutToken(provider, said),
    /** Sends what the provider sends. */
    logOut: async (token: string) => `${(await sendLogout(url, { logout_token: token })).status}`,
  };
}
