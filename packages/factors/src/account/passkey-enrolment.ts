import { createRandomUuid, userOf } from 'graphql-gatehouse/package';
import type { Parts } from '../parts.ts';
import { registrationOptions } from '../passkeys/ceremony-options.ts';
import type { ChallengePurpose } from '../passkeys/challenges.ts';
import { parseRegistration, readClientData } from '../passkeys/credential-json.ts';
import { addPasskey, listPasskeyNames, spendChallenge } from '../passkeys/passkey.store.ts';
import { verifyRegistration } from '../passkeys/verify-registration.ts';
import { fromBytes, type SentProof, toBytes } from './begun.ts';
import { parseName } from './changing.ts';
import type { FactorsContext } from './context.ts';
import { begin, type Enrolled, enrolOwn } from './enrolling.ts';
import { requireParty } from './passkey-login.ts';

/** Returns the options with which a browser of who proves who they are makes a passkey, as JSON. Stores nothing of it. */
export async function beginPasskey(
  parts: Parts,
  proof: SentProof,
  context: FactorsContext,
): Promise<string> {
  const party = requireParty(parts);
  const begun = toBytes(await begin(parts, { kind: 'passkey', ...proof }, context));
  const { userId, sessionId } = userOf(context.viewer);
  const user = await context.load.users(userId);
  return registrationOptions({
    party,
    challenge: parts.challenges.issue({ kind: 'enrol', userId, sessionId }, begun),
    passkeys: await listPasskeyNames(parts.sql, userId),
    user: {
      id: userId,
      name: user?.username ?? userId,
      displayName: user?.displayName ?? '',
    },
  });
}

export interface NewPasskeyInput {
  readonly name: string;
  /** What `PublicKeyCredential.toJSON()` returned, as JSON. */
  readonly response: string;
}

/** Adds a passkey. */
export async function enrolPasskey(
  parts: Parts,
  input: NewPasskeyInput,
  context: FactorsContext,
): Promise<Enrolled> {
  const { userId, sessionId } = userOf(context.viewer);
  const { errors, randomBytes } = parts;
  const name = parseName(parts, input.name);
  const verified = await verify(parts, { kind: 'enrol', userId, sessionId }, input.response);
  const ended = () =>
    errors.badInput('response', 'The answer of the passkey is not valid. Begin again.');
  const begun = verified && fromBytes(verified.issued.data);
  if (verified === undefined || begun === undefined) throw ended();
  const { registration, issued } = verified;
  const event = { action: 'passkey.added', detail: name };
  return enrolOwn(parts, { context, kind: 'passkey', event, begun, ended }, async ({ sql, at }) => {
    if (!(await spendChallenge(sql, issued))) {
      throw errors.badInput('response', 'This answer was used before. Begin again.');
    }
    const id = createRandomUuid(randomBytes);
    const { recoveredAt } = begun;
    const added = Object.assign({}, registration, { id, userId, name, at, recoveredAt });
    if (await addPasskey(sql, added)) return id;
    throw errors.conflict('PASSKEY_EXISTS', 'This passkey is in use already.');
  });
}

async function verify(parts: Parts, purpose: ChallengePurpose, text: string) {
  const party = requireParty(parts);
  const response = parseRegistration(text);
  const challenge = response && readClientData(response.response)?.challenge;
  if (response === undefined || challenge === undefined) return undefined;
  const issued = parts.challenges.find(challenge, purpose);
  if (issued === undefined) return undefined;
  const registration = await verifyRegistration({ response, challenge, party });
  return registration && { registration, issued };
}
