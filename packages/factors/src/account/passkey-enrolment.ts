import { createUuid } from '../database/uuid.ts';
import type { Parts } from '../parts.ts';
import { authenticationOptions, registrationOptions } from '../passkeys/ceremony-options.ts';
import type { ChallengePurpose } from '../passkeys/challenges.ts';
import { parseRegistration, readClientData } from '../passkeys/credential-json.ts';
import { addPasskey, listPasskeyNames, spendChallenge } from '../passkeys/passkey.store.ts';
import type { RelyingParty } from '../passkeys/relying-party.ts';
import { verifyRegistration } from '../passkeys/verify-registration.ts';
import { fromBytes, type SentProof, toBytes } from './begun.ts';
import { begin, enrolOwn, type Owner, parseName } from './changing.ts';
import type { Enrolled } from './enrolled.ts';
import { closeEnrolment } from './openings.store.ts';
import { putFirstCodes } from './recovery.ts';

/** Returns who passkeys belong to. @throws CONFLICT, PASSKEYS_OFF. */
export function requireParty({ party, errors }: Parts): RelyingParty {
  if (party !== undefined) return party;
  throw errors.conflict('PASSKEYS_OFF', 'This server has no passkeys. See PASSKEY_RP_ID.');
}

const enrolling = ({ userId, sessionId }: Owner): ChallengePurpose => ({
  kind: 'enrol',
  userId,
  sessionId,
});

/** Returns the options with which a browser of who proves who they are makes a passkey, as JSON. Stores nothing of it. */
export async function beginPasskey(parts: Parts, owner: Owner, proof: SentProof): Promise<string> {
  const party = requireParty(parts);
  const begun = toBytes(await begin(parts, owner, { kind: 'passkey', proof }));
  const user = await owner.context.load.users(owner.userId);
  return registrationOptions({
    party,
    challenge: parts.challenges.issue(enrolling(owner), begun),
    passkeys: await listPasskeyNames(parts.sql, owner.userId),
    user: {
      id: owner.userId,
      name: user?.username ?? owner.userId,
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
  owner: Owner,
  input: NewPasskeyInput,
): Promise<Enrolled> {
  const { errors, randomBytes } = parts;
  const name = parseName(parts, input.name);
  const verified = await verify(parts, owner, input.response);
  const ended = () =>
    errors.badInput('response', 'The answer of the passkey is not valid. Begin again.');
  const begun = verified && fromBytes(verified.issued.data);
  if (verified === undefined || begun === undefined) throw ended();
  const { registration, issued } = verified;
  const { userId } = owner;
  const event = { action: 'passkey.added', detail: name };
  return enrolOwn(parts, { owner, kind: 'passkey', event, begun, ended }, async (change) => {
    if (!(await spendChallenge(change.sql, issued))) {
      throw errors.badInput('response', 'This answer was used before. Begin again.');
    }
    const id = createUuid(randomBytes);
    const { at } = change;
    const { recoveredAt } = begun;
    const added = Object.assign({}, registration, { id, userId, name, at, recoveredAt });
    if (!(await addPasskey(change.sql, added))) {
      throw errors.conflict('PASSKEY_EXISTS', 'This passkey is in use already.');
    }
    await closeEnrolment(change.sql, userId);
    return {
      id,
      userId,
      recoveryCodes: await putFirstCodes(parts, { userId, recoveredAt }, change),
    };
  });
}

async function verify(parts: Parts, owner: Owner, text: string) {
  const party = requireParty(parts);
  const response = parseRegistration(text);
  const challenge = response && readClientData(response.response)?.challenge;
  if (response === undefined || challenge === undefined) return undefined;
  const issued = parts.challenges.find(challenge, enrolling(owner));
  if (issued === undefined) return undefined;
  const registration = await verifyRegistration({ response, challenge, party });
  return registration && { registration, issued };
}

/** The options with which a browser asks for a passkey, as JSON, and the challenge to send with the answer. */
export interface PasskeyOptions {
  readonly options: string;
  readonly challenge: string;
}

/** Begins a log-in by a passkey. Without the user of another log-in, its user chooses one. Stores nothing. */
export async function beginPasskeyLogin(
  parts: Parts,
  pending?: { readonly userId: string; readonly challenge: string },
): Promise<PasskeyOptions> {
  const party = requireParty(parts);
  if (pending === undefined) {
    const challenge = parts.challenges.issue({ kind: 'log in' });
    const options = await authenticationOptions({ party, challenge, passkeys: [] });
    return { options, challenge };
  }
  const { userId, challenge } = pending;
  const signed = parts.challenges.issue({ kind: 'continue', challenge });
  const passkeys = await listPasskeyNames(parts.sql, userId);
  return {
    options: await authenticationOptions({ party, challenge: signed, passkeys }),
    challenge,
  };
}
