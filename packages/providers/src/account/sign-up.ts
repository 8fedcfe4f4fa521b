import type { GiveToAccount, NewAccountAttempt } from 'graphql-gatehouse';
import { createRandomUuid } from 'graphql-gatehouse/package';
import { takeAddressAttempt } from '../address-attempts.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { insertIdentity, markWithoutPassword } from '../identities/identity.store.ts';
import type { Parts } from '../parts.ts';
import { renewCode } from '../pending/pending.store.ts';
import { findLogin, isOfChallenge } from '../pending/presented.ts';

export const signUpFields = {
  /**
   * Creates an account for an identity that has none. Returns the username.
   *
   * @throws CHALLENGE_ENDED for a code that is not for its sender. @throws BAD_USER_INPUT for a username that is taken.
   * @throws CONFLICT: SIGN_UP_OFF or IDENTITY_TAKEN.
   */
  async signUpByProvider(parts, { challenge, code, verifier, ...chosen }, context) {
    const { accounts, errors, options } = parts;
    const { username, displayName } = chosen;
    const provider = { code, verifier };
    // Such a name could be taken for the address of another person.
    if (username.normalize('NFKC').includes('@')) {
      throw errors.badInput('username', 'A username of this account must not have `@`.');
    }
    // What a code is worth here is checked with the proof of the account.
    const detail = (await findLogin(parts, provider))?.login.provider ?? '';
    if (detail !== '' && options.get(detail)?.signUp !== 'open') throw signUpOff(parts);
    await accounts.create(
      {
        context,
        username,
        password: null,
        displayName,
        // Nothing of the provider's claims says whose address one is.
        email: null,
        groups: null,
        event: { action: 'user.signed_up', detail },
        proof: { proof: { provider }, challenge },
      },
      async () => {},
    );
    return username;
  },
} satisfies MutationResolvers;

/** Checks the code of a log-in for a new account, which will be that of its identity. @throws as `signUpByProvider` does. */
export async function enrolProvider(
  parts: Parts,
  value: unknown,
  attempt: NewAccountAttempt,
): Promise<GiveToAccount> {
  const { accounts, errors, options, randomBytes } = parts;
  await takeAddressAttempt(parts, attempt.client.ip);
  const presented = await findLogin(parts, value);
  if (presented === undefined || !isOfChallenge(presented, attempt.challenge)) {
    throw errors.challengeEnded();
  }
  const { login, sent } = presented;
  if ((options.get(login.provider)?.signUp ?? 'never') === 'never') throw signUpOff(parts);
  return async (transaction, { userId, at }) => {
    // The same code opens the session afterwards.
    if (!(await renewCode(transaction, sent.code, at))) throw errors.challengeEnded();
    const identity = { id: createRandomUuid(randomBytes), userId, maxKinds: 2, at } as const;
    if (!(await insertIdentity(transaction, Object.assign(identity, login)))) {
      throw identityTaken(parts);
    }
    const [account] = await accounts.find(transaction, [userId]);
    if (account === undefined) throw new Error('The new account is not there.');
    await markWithoutPassword(transaction, { userId, passwordVersion: account.passwordVersion });
  };
}

const signUpOff = ({ errors }: Pick<Parts, 'errors'>): Error =>
  errors.conflict('SIGN_UP_OFF', 'A login with this provider creates no accounts.');

/** An account has the identity: this one or another one, which the answer does not say. */
export const identityTaken = ({ errors }: Pick<Parts, 'errors'>): Error =>
  errors.conflict('IDENTITY_TAKEN', 'An account has this login at the provider already.');
