import { createRandomUuid, parseUuid, userOf } from 'graphql-gatehouse/package';
import type { Parts } from '../parts.ts';
import { addApp, secretContext } from '../totp/otp.store.ts';
import { toQrCode } from '../totp/qr-code.ts';
import { findStep, parseCode, secretBytes, toBase32, toKeyUri } from '../totp/totp.ts';
import { fromBytes, type SentProof, toBytes } from './begun.ts';
import { parseName } from './changing.ts';
import type { FactorsContext } from './context.ts';
import { begin, type Enrolled, enrolOwn } from './enrolling.ts';

/** A new secret, which counts when a code of it was sent. */
export interface OtpEnrolment {
  /** In base32. */
  readonly secret: string;
  readonly uri: string;
  /** An SVG image. */
  readonly qrCode: string;
  /** The encrypted secret, for the first code: nothing is stored before. */
  readonly enrolment: string;
  readonly expiresAt: Date;
}

const enrolmentLifetimeMs = 15 * 60_000;

/** Creates a secret for the app of a user who proves who they are. Stores nothing of it. */
export async function beginOtp(
  parts: Parts,
  proof: SentProof,
  context: FactorsContext,
): Promise<OtpEnrolment> {
  const { randomBytes, now, settings } = parts;
  const begun = toBytes(await begin(parts, { kind: 'app', ...proof }, context));
  const owner = userOf(context.viewer);
  const user = await context.load.users(owner.userId);
  const secret = randomBytes(secretBytes);
  const expiresAt = new Date(now().getTime() + enrolmentLifetimeMs);
  const uri = toKeyUri({
    secret,
    issuer: settings.FACTORS_ISSUER,
    account: user?.username ?? owner.userId,
  });
  const given = {
    factorId: createRandomUuid(randomBytes),
    expiresMs: expiresAt.getTime(),
    begun: begun.toString('base64url'),
  };
  const sealed = parts.keys.seal(secret, enrolmentContext(owner, given));
  const { factorId, expiresMs } = given;
  const bytes = Buffer.from(sealed.bytes).toString('base64url');
  return {
    secret: toBase32(secret),
    uri,
    qrCode: toQrCode(uri),
    enrolment: [sealed.keyVersion, factorId, expiresMs, given.begun, bytes].join('.'),
    expiresAt,
  };
}

type Owner = ReturnType<typeof userOf>;

interface Given {
  readonly factorId: string;
  readonly expiresMs: number;
  /** What was proved: the bytes of `Begun`, in base64url. */
  readonly begun: string;
}

const enrolmentContext = ({ userId, sessionId }: Owner, { factorId, expiresMs, begun }: Given) => [
  'enrolment',
  userId,
  sessionId,
  factorId,
  String(expiresMs),
  begun,
];

export interface FirstCode {
  readonly enrolment: string;
  readonly code: string;
  readonly name: string;
}

/** Adds an app by its first code. */
export async function confirmOtp(
  parts: Parts,
  { enrolment, code, name: givenName }: FirstCode,
  context: FactorsContext,
): Promise<Enrolled> {
  const { errors, now, keys } = parts;
  const name = parseName(parts, givenName);
  const opened = openEnrolmentSecret(parts, userOf(context.viewer), enrolment);
  const ended = () => errors.badInput('enrolment', 'This enrolment has ended. Begin another one.');
  if (opened === undefined) throw ended();
  const { id, secret, begun } = opened;
  const step = findStep({ secret }, parseCode(code) ?? '', now());
  if (step === undefined) {
    throw errors.badInput('code', 'The code is wrong. Check the clock of the device.');
  }
  const { userId } = userOf(context.viewer);
  const event = { action: 'otp.enrolled', detail: name };
  return enrolOwn(parts, { context, kind: 'app', event, begun, ended }, async ({ sql, at }) => {
    const sealed = keys.seal(secret, secretContext(userId, id));
    const { recoveredAt } = begun;
    if (await addApp(sql, { userId, id, name, sealed, step, at, recoveredAt })) return id;
    throw errors.conflict('ALREADY_ENROLLED', 'This app is enrolled already.');
  });
}

function openEnrolmentSecret({ keys, now }: Parts, owner: Owner, enrolment: string) {
  const [version = '', factorId = '', expires = '', begunText = '', bytes = '', ...rest] =
    enrolment.length > 500 ? [] : enrolment.split('.');
  const id = parseUuid(factorId);
  const expiresMs = Number(expires);
  const begun = fromBytes(Buffer.from(begunText, 'base64url'));
  if (id === undefined || begun === undefined || rest.length > 0 || !(expiresMs > now().getTime()))
    return undefined;
  const sealed = { keyVersion: Number(version), bytes: Buffer.from(bytes, 'base64url') };
  const secret = keys.open(
    sealed,
    enrolmentContext(owner, { factorId: id, expiresMs, begun: begunText }),
  );
  return secret && { id, secret, begun };
}
