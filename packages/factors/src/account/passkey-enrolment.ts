import { createRandomUuid, userOf } from 'graphql-gatehouse/package';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import type { Parts } from '../parts.ts';
import { registrationOptions } from '../passkeys/ceremony-options.ts';
import type { ChallengePurpose } from '../passkeys/challenges.ts';
import { parseRegistration, readClientData } from '../passkeys/credential-json.ts';
import { addPasskey, listPasskeyNames, spendChallenge } from '../passkeys/passkey.store.ts';
import { verifyRegistration } from '../passkeys/verify-answer.ts';
import { fromBytes } from './begun.ts';
import { parseName } from './changing.ts';
import { begin, enrolOwn } from './enrolling.ts';
import { requireParty } from './passkey-login.ts';

export const passkeyFields = {
  /** Returns the options with which a browser of who proves who they are makes a passkey, as JSON. Stores nothing of it. */
  async beginPasskey(parts, proof, context) {
    const party = requireParty(parts);
    const begun = await begin(parts, { ...proof, kind: 'passkey' }, context);
    const { userId, sessionId } = userOf(context.viewer);
    const user = await context.load.users(userId);
    const challenge = parts.challenges.issue({ kind: 'enrol', userId, sessionId }, begun);
    const passkeys = await listPasskeyNames(parts.sql, userId);
    const { username: name = userId, displayName = '' } = user ?? {};
    return registrationOptions({ party, challenge, passkeys }, { id: userId, name, displayName });
  },

  async addPasskey(parts, { name: givenName, response }, context) {
    const { userId, sessionId } = userOf(context.viewer);
    const { errors, randomBytes } = parts;
    const name = parseName(parts, givenName);
    const verified = await verify(parts, { kind: 'enrol', userId, sessionId }, response);
    const ended = () =>
      errors.badInput('response', 'The answer of the passkey is not valid. Begin again.');
    const begun = verified && fromBytes(verified.issued.data);
    if (verified === undefined || begun === undefined) throw ended();
    const { registration, issued } = verified;
    const event = { action: 'passkey.added', detail: name };
    const enrolling = { context, kind: 'passkey', event, begun, ended } as const;
    return enrolOwn(parts, enrolling, async ({ sql, at }) => {
      if (!(await spendChallenge(sql, issued))) {
        throw errors.badInput('response', 'This answer was used before. Begin again.');
      }
      const id = createRandomUuid(randomBytes);
      const { recoveredAt } = begun;
      if (await addPasskey(sql, { ...registration, id, userId, name, at, recoveredAt })) return id;
      throw errors.conflict('PASSKEY_EXISTS', 'This passkey is in use already.');
    });
  },
} satisfies MutationResolvers;

async function verify(parts: Parts, purpose: ChallengePurpose, text: string) {
  const party = requireParty(parts);
  const response = parseRegistration(text);
  const challenge = response && readClientData(response.response)?.challenge;
  const issued = challenge === undefined ? undefined : parts.challenges.find(challenge, purpose);
  if (!response || !challenge || !issued) return undefined;
  const registration = await verifyRegistration({ response, challenge, party });
  return registration && { registration, issued };
}
