import { readFileSync } from 'node:fs';
import { decodeAttestationObject, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  verifyAssertion,
  verifyRegistration,
} from '../../packages/factors/src/passkeys/verify-answer.ts';

const bytes = z.string().transform((hex) => new Uint8Array(Buffer.from(hex, 'hex')));
const schema = z.array(
  z.object({
    name: z.string(),
    registration: z.object({
      challenge: bytes,
      credentialId: bytes,
      clientDataJSON: bytes,
      attestationObject: bytes,
    }),
    authentication: z.object({
      challenge: bytes,
      authenticatorData: bytes,
      clientDataJSON: bytes,
      signature: bytes,
    }),
  }),
);
const file = new URL('../vectors/webauthn/vectors.json', import.meta.url);
const vectors = schema.parse(JSON.parse(readFileSync(file, 'utf8')));

const party = { id: 'example.org', origins: ['https://example.org'], name: 'Example' };
const text = (each: Uint8Array) => Buffer.from(each).toString('base64url');

const framed = /crossOrigin|topOrigin/;
const withCertificates = /Attestation with/;

type Vector = (typeof vectors)[number];

const register = ({ registration }: Vector, requiresUserVerification: boolean) => {
  const id = text(registration.credentialId);
  return verifyRegistration({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: text(registration.clientDataJSON),
        attestationObject: text(registration.attestationObject),
      },
    },
    challenge: text(registration.challenge),
    party,
    requiresUserVerification,
  });
};

/** The public key of a vector, also of one that cannot be registered here. */
const publicKeyOf = ({ registration }: Vector) =>
  parseAuthenticatorData(decodeAttestationObject(registration.attestationObject).get('authData'))
    .credentialPublicKey ?? new Uint8Array();

const assert = (
  vector: Vector,
  { counter = 0, ...changes }: { counter?: number; challenge?: string; verify?: boolean } = {},
) => {
  const { registration, authentication } = vector;
  const id = text(registration.credentialId);
  return verifyAssertion({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: text(authentication.clientDataJSON),
        authenticatorData: text(authentication.authenticatorData),
        signature: text(authentication.signature),
      },
    },
    credential: { credentialId: id, publicKey: publicKeyOf(vector), counter },
    challenge: changes.challenge ?? text(authentication.challenge),
    party,
    requiresUserVerification: changes.verify ?? false,
  });
};

describe('the test vectors of WebAuthn Level 3', () => {
  it.each(vectors)('register where a passkey is supported: $name', async (vector) => {
    const isRefused = [framed, withCertificates].some((each) => each.test(vector.name));
    const found = await register(vector, false);
    expect(found === undefined).toBe(isRefused);
    if (found === undefined) return;
    expect(found.credentialId).toBe(text(vector.registration.credentialId));
    expect(found.publicKey).toEqual(publicKeyOf(vector));
  });

  it.each(vectors)('log in where a passkey is supported: $name', async (vector) => {
    const isRefused = framed.test(vector.name) || /Ed448/.test(vector.name);
    expect((await assert(vector)) === undefined).toBe(isRefused);
  });

  it.each(vectors)('log in only with user verification: $name', async (vector) => {
    const isVerified = (Number(vector.authentication.authenticatorData[32]) & 0b100) !== 0;
    const isRefused = !isVerified || framed.test(vector.name) || /Ed448/.test(vector.name);
    expect((await assert(vector, { verify: true })) === undefined).toBe(isRefused);
  });

  it.each(vectors.filter(({ name }) => !framed.test(name)))(
    'are refused with another challenge, and by a counter that does not rise: $name',
    async (vector) => {
      expect(await assert(vector, { challenge: 'AAAA' })).toBeUndefined();
      expect(await assert(vector, { counter: 1 })).toBeUndefined();
    },
  );

  it('are all there', () => {
    expect(vectors).toHaveLength(15);
  });
});
