import type { Answer } from '../ask.ts';
import { challengeOf, codeOf } from '../factors-server.ts';
import { requireDone, type TestUser } from '../node-client.ts';
import type { FactorsClient } from './factors-nodes.ts';

/** One operation of one user, ready to be sent. */
export interface Prepared {
  readonly userId: string;
  /** Sends the operation to a node. The same each time. */
  act(client: FactorsClient): Promise<Answer>;
}

export interface Scenario {
  readonly name: string;
  /** Creates a user who can send the operation. */
  prepare(client: FactorsClient): Promise<Prepared>;
  /** What the operation answers when it is sent again after it was done. */
  readonly again: string;
}

/** What a crash must do whole or not at all. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'enrol an app',
    again: '400 BAD_USER_INPUT',
    async prepare(client) {
      const { id, accessToken } = await client.aUser();
      const begun = requireDone(await client.enrolOtp(accessToken)).data.enrolOtp;
      const code = codeOf(begun.secret, new Date());
      return { userId: id, act: (node) => node.confirmOtp(accessToken, begun.enrolment, code) };
    },
  },
  {
    name: 'enrol a passkey',
    again: '400 BAD_USER_INPUT',
    async prepare(client) {
      const { id, accessToken } = await client.aUser();
      const { response } = await client.createPasskey(accessToken);
      return { userId: id, act: (node) => node.confirmPasskey(accessToken, response) };
    },
  },
  {
    name: 'complete a login by a code',
    again: '401 UNAUTHENTICATED CHALLENGE_ENDED',
    async prepare(client) {
      const user = await client.aUser();
      const { secret } = await client.addApp(user);
      return completing(user, challengeOf(await client.logIn(user)), {
        otp: codeOf(secret, nextStep()),
      });
    },
  },
  {
    name: 'complete a login by a recovery code',
    again: '401 UNAUTHENTICATED CHALLENGE_ENDED',
    async prepare(client) {
      const user = await client.aUser();
      const { recoveryCodes } = await client.addApp(user);
      return completing(user, challengeOf(await client.logIn(user)), {
        recoveryCode: recoveryCodes[0],
      });
    },
  },
  {
    name: 'log in by a passkey',
    again: '401 UNAUTHENTICATED CHALLENGE_ENDED',
    async prepare(client) {
      const user = await client.aUser();
      const { passkey } = await client.addPasskey(user.accessToken);
      const { options, challenge } = await client.passkeyOptions();
      return completing(user, challenge, { passkey: passkey.get(options) });
    },
  },
  {
    name: 'reauthenticate',
    again: '401 UNAUTHENTICATED CHALLENGE_ENDED',
    async prepare(client) {
      const { id, accessToken, passkey } = await client.aPasskeySession();
      const { options, challenge } = await client.passkeyOptions();
      const proof = { passkey: passkey.get(options) };
      return { userId: id, act: (node) => node.reauthenticate(accessToken, proof, challenge) };
    },
  },
  {
    name: 'renew recovery codes',
    // The answer of a passkey works once.
    again: '401 UNAUTHENTICATED CHALLENGE_ENDED',
    async prepare(client) {
      const { id: userId, accessToken: token, passkey } = await client.aPasskeySession();
      const { options } = await client.passkeyOptions();
      const query = 'mutation ($p: Proof!) { renewRecoveryCodes(proof: $p) }';
      const variables = { p: { passkey: passkey.get(options) } };
      return { userId, act: (node) => node.ask(query, { token, variables }) };
    },
  },
  {
    name: 'remove a factor',
    again: '404 NOT_FOUND',
    async prepare(client) {
      const { id: userId, accessToken: token, factorId } = await client.aPasskeySession();
      const query = 'mutation ($id: ID!) { removeFactor(id: $id) }';
      const variables = { id: factorId };
      return { userId, act: (node) => node.ask(query, { token, variables }) };
    },
  },
  {
    name: 'reset factors',
    again: '200 resetFactors',
    async prepare(client) {
      const { id } = await client.aPasskeySession();
      const { accessToken: token } = await client.anAdmin();
      const query = 'mutation ($id: ID!) { resetFactors(userId: $id) { id } }';
      return { userId: id, act: (node) => node.ask(query, { token, variables: { id } }) };
    },
  },
];

/** The next code counts already, and the present one was used to enrol. */
const nextStep = () => new Date(Date.now() + 30_000);

const completing = ({ id }: TestUser, challenge: string, proof: object): Prepared => ({
  userId: id,
  act: (node) => node.complete(challenge, proof),
});
