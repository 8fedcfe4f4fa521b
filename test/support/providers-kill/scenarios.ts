import { randomUUID } from 'node:crypto';
import { outcomeOf } from '../factors-server.ts';
import type { Operation, PreparedOperation } from '../operation-kills.ts';
import { stateOf, takenFrom, type Watched } from './account-state.ts';
import type { ProvidersClient, ProvidersNodes } from './providers-nodes.ts';

/** An operation of `operation-kills.ts`, and whose rows it writes. */
export type Scenario = Omit<Operation<ProvidersClient>, 'prepare'> & {
  /** Creates a user who can send the operation. */
  prepare(client: ProvidersClient): Promise<Watched & Act>;
};

type Act = Pick<PreparedOperation<ProvidersClient>, 'act'>;

/** What a crash must do whole or not at all. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'come back from a provider',
    done: '303 code',
    again: '400 ',
    // The provider's code works once: what needed it can only be begun again.
    lost: takenFrom,
    async prepare(client) {
      const { user, sub } = await client.aLinkedUser();
      const begun = await client.begin();
      const wayBack = client.visit(begun.url, { sub, sid: randomUUID() });
      const state = new URL(wayBack).searchParams.get('state') ?? '';
      return {
        userId: user.id,
        sub,
        state,
        async act(node) {
          const { status, parameters } = await node.comeBack(wayBack, begun);
          return `${status} ${[...parameters.keys()]}`;
        },
      };
    },
  },
  {
    name: 'complete a login by the code of a provider',
    again: '401 UNAUTHENTICATED BAD_CREDENTIALS',
    async prepare(client) {
      const { user, sub } = await client.aLinkedUser();
      const begun = await client.begin();
      const code = await client.codeOf(begun, { sub, sid: randomUUID() });
      return {
        userId: user.id,
        sub,
        act: async (node) => outcomeOf(await node.complete(begun, code)),
      };
    },
  },
  {
    name: 'link a provider',
    again: '401 UNAUTHENTICATED CHALLENGE_ENDED',
    async prepare(client) {
      const user = await client.aUser();
      // Ends with the link.
      await client.logIn(user);
      const sub = randomUUID();
      const code = await client.beginLink(user, { sub });
      return { userId: user.id, sub, act: async (node) => outcomeOf(await node.link(user, code)) };
    },
  },
  {
    name: 'log out at a provider',
    again: '200',
    async prepare(client) {
      const { user, sub } = await client.aLinkedUser();
      await client.openSession({ sub, sid: randomUUID() });
      await client.openSession({ sub });
      const token = await client.newLogout({ sub });
      return { userId: user.id, sub, act: (node) => node.logOut(token) };
    },
  },
];

/** Adds what the database has of a scenario, and that its user can log in with the provider afterwards. */
export const toOperation = (
  { sql }: Pick<ProvidersNodes, 'sql'>,
  { prepare, ...scenario }: Scenario,
): Operation<ProvidersClient> => ({
  ...scenario,
  async prepare(client) {
    const { act, ...watched } = await prepare(client);
    return {
      act,
      state: () => stateOf(sql, watched),
      goOn: (node) => node.tryLogIn({ sub: watched.sub }),
    };
  },
});
