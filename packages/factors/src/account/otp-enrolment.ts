import { createRandomUuid, parseUuid, userOf } from 'graphql-gatehouse/package';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import type { Parts } from '../parts.ts';
import { addApp, secretContext } from '../totp/otp.store.ts';
import { toQrCode } from '../totp/qr-code.ts';
import { findStep, parseCode, secretBytes, toBase32, toKeyUri } from '../totp/totp.ts';
import { fromBytes } from './begun.ts';
import { parseName } from './changing.ts';
import { begin, enrolOwn } from './enrolling.ts';

const enrolmentLifetimeMs = 15 * 60_000;

export const otpFields = {
  /** Creates a secret for the app of a user who proves who they are. Stores nothing of it. */
  async enrolOtp(parts, proof, context) {
    const { randomBytes, now, keys, settings } = parts;
    const begun = await begin(parts, { ...proof, kind: 'app' }, context);
    const owner = userOf(context.viewer);
    const user = await context.load.users(owner.userId);
    const secret = randomBytes(secretBytes);
    const expiresAt = new Date(now().getTime() + enrolmentLifetimeMs);
    const account = user?.username ?? owner.userId;
    const uri = toKeyUri({ secret, issuer: settings.FACTORS_ISSUER, account });
    const id = createRandomUuid(randomBytes);
    const facts = [id, expiresAt.getTime(), begun.toString('base64url')].join('.');
    const sealed = keys.seal(secret, enrolmentContext(owner, facts));
    const bytes = Buffer.from(sealed.bytes).toString('base64url');
    return {
      secret: toBase32(secret),
      uri,
      qrCode: toQrCode(uri),
      enrolment: [sealed.keyVersion, facts, bytes].join('.'),
      expiresAt,
    };
  },

  async confirmOtp(parts, { enrolment, code, name: givenName }, context) {
    const { errors, now, keys } = parts;
    const name = parseName(parts, givenName);
    const opened = openEnrolment(parts, userOf(context.viewer), enrolment);
    const ended = () =>
      errors.badInput('enrolment', 'This enrolment has ended. Begin another one.');
    if (opened === undefined) throw ended();
    const { id, secret, begun } = opened;
    const step = findStep({ secret }, parseCode(code) ?? '', now());
    if (step === undefined) {
      throw errors.badInput('code', 'The code is wrong. Check the clock of the device.');
    }
    const event = { action: 'otp.enrolled', detail: name };
    const enrolling = { context, kind: 'app', event, begun, ended } as const;
    return enrolOwn(parts, enrolling, async ({ sql, userId, at }) => {
      const sealed = keys.seal(secret, secretContext(userId, id));
      const { recoveredAt } = begun;
      if (await addApp(sql, { userId, id, name, sealed, step, at, recoveredAt })) return id;
      throw errors.conflict('ALREADY_ENROLLED', 'This app is enrolled already.');
    });
  },
} satisfies MutationResolvers;

type Owner = ReturnType<typeof userOf>;

/** What a sealed secret belongs to, with the `facts` beside it: the id of the factor, its end in ms and what was proved. */
const enrolmentContext = ({ userId, sessionId }: Owner, facts: string): readonly string[] => [
  'enrolment',
  userId,
  sessionId,
  facts,
];

/** Opens what `enrolOtp` has sealed for this session. Undefined: it is something else, or has ended. */
function openEnrolment({ keys, now }: Parts, owner: Owner, enrolment: string) {
  const [version, factorId = '', expiresMs, begunText = '', bytes = '', ...rest] =
    enrolment.length > 500 ? [] : enrolment.split('.');
  const id = parseUuid(factorId);
  const begun = fromBytes(Buffer.from(begunText, 'base64url'));
  if (id === undefined || begun === undefined || rest.length > 0) return undefined;
  if (!(Number(expiresMs) > now().getTime())) return undefined;
  const sealed = { keyVersion: Number(version), bytes: Buffer.from(bytes, 'base64url') };
  const facts = [factorId, expiresMs, begunText].join('.');
  const secret = keys.open(sealed, enrolmentContext(owner, facts));
  return secret && { id, secret, begun };
}
