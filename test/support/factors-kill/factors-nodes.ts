import { randomBytes } from 'node:crypto';
import { factors } from '@graphql-gatehouse/factors';
import { historiesOf } from '../../../src/schema/packages/histories.ts';
import type { Answer } from '../ask.ts';
import { createTestPasskey } from '../authenticator.ts';
import { createFactorsClient } from '../factors-server.ts';
import { createNodeClient, type NodeClient, requireDone, userPassword } from '../node-client.ts';
import { type Environment, type Gatehouse, inProject } from '../process.ts';
import { type NodeDatabase, type PreparedNodes, startTwoNodes } from '../two-nodes.ts';

const directory = import.meta.dirname;
/** The group that demands two factors. */
export const demandingGroup = 'AUDITOR';
/** The page of passkeys. */
const pageOrigin = 'https://example.org';

/** Nodes with second factors over one PostgreSQL database, for a role that owns nothing. */
export interface FactorsNodes extends PreparedNodes {
  readonly urls: readonly string[];
  /** Forgets how often passkeys were used from the address of this machine, which has a limit. */
  forgetAttempts(): Promise<void>;
  /** What users do at a node: the first one by default. */
  client(url?: string): FactorsClient;
}

export type FactorsClient = ReturnType<typeof createClient>;

type StartNodes = (
  gatehouse: Gatehouse,
  settings: Environment,
  database: NodeDatabase,
) => Promise<PreparedNodes & { readonly urls?: readonly string[] }>;

/** Starts nodes, by default two processes. */
export async function startFactorsNodes(
  gatehouse: Gatehouse,
  start: StartNodes = startTwoNodes,
  settings: Environment = {},
): Promise<FactorsNodes> {
  const histories = historiesOf({ directory, config: { domains: [], packages: [factors()] } });
  const { urls = [], ...nodes } = await start(
    inProject(gatehouse, directory),
    { ...nodeSettings, ...settings },
    { histories },
  );
  return {
    ...nodes,
    urls,
    async forgetAttempts() {
      await nodes.sql.query('DELETE FROM gatehouse_factors.address_attempts');
    },
    client: (url = urls[0] ?? '') => createClient(url),
  };
}

const nodeSettings: Environment = {
  FACTORS_KEYS: `1:${randomBytes(32).toString('base64url')}`,
  PASSKEY_RP_ID: 'example.org',
  PASSKEY_ORIGINS: pageOrigin,
  ACCESS_TOKEN_SECONDS: '3600',
  LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
  LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
};

function createClient(url: string) {
  const client = createNodeClient(url);
  const factorsClient = createFactorsClient(client, () => new Date());
  const passkeys = createPasskeysClient(client);
  return {
    ...client,
    ...factorsClient,
    ...passkeys,
    /** A user with one passkey, and a session that has just proved it. */
    async aPasskeySession() {
      const user = await client.aUser();
      const { passkey, factorId, recoveryCodes } = await passkeys.addPasskey(user.accessToken);
      const { options, challenge } = await passkeys.passkeyOptions();
      const answer = await factorsClient.complete(challenge, { passkey: passkey.get(options) });
      const { accessToken } = requireDone(answer).data.completeLogin;
      return { ...user, accessToken: String(accessToken), passkey, factorId, recoveryCodes };
    },
  };
}

function createPasskeysClient({ ask }: Pick<NodeClient, 'ask'>) {
  /** Begins to enrol a new passkey, and returns it with its response. */
  async function createPasskey(token: string, proof: object = { password: userPassword }) {
    const passkey = createTestPasskey({ origin: pageOrigin });
    const query = 'mutation ($p: Proof!) { beginPasskey(proof: $p) }';
    const { data } = requireDone(await ask(query, { token, variables: { p: proof } }));
    return { passkey, response: passkey.create(data.beginPasskey) };
  }

  const confirmPasskey = (token: string, response: string): Promise<Answer> =>
    ask('mutation ($r: String!) { addPasskey(response: $r) { factor { id } recoveryCodes } }', {
      token,
      variables: { r: response },
    });

  return {
    createPasskey,
    confirmPasskey,
    async addPasskey(token: string, proof?: object) {
      const { passkey, response } = await createPasskey(token, proof);
      const { data } = requireDone(await confirmPasskey(token, response));
      const { factor, recoveryCodes } = data.addPasskey;
      return { passkey, factorId: String(factor.id), recoveryCodes };
    },
    passkeyOptions: async () =>
      requireDone(await ask('{ passkeyOptions { options challenge } }')).data.passkeyOptions,
  };
}
