import { factors } from '@graphql-gatehouse/factors';
import { Secret, TOTP } from 'otpauth';
import type { Answer, AskOptions } from './ask.ts';
import {
  createPackageDatabase,
  type PackageServerOptions,
  startPackageServer,
} from './package-server.ts';
import type { TestDatabase } from './test-database.ts';
import { type TestServer, type TestUser, userPassword } from './test-server.ts';

export interface FactorsServerOptions extends Omit<PackageServerOptions, 'packages'> {
  readonly options?: Parameters<typeof factors>[0];
}

/** A database with the tables of second factors, which a node may use. */
export const createFactorsDatabase = (): Promise<TestDatabase> =>
  createPackageDatabase([factors()]);

/** Starts a server with second factors. */
export const startFactorsServer = ({
  options,
  ...given
}: FactorsServerOptions): Promise<TestServer> =>
  startPackageServer({ ...given, packages: [factors(options)] });

/** What a user proves, beside the password of all test users. */
export interface Proofs {
  /** Sent when another factor is due. */
  readonly second?: object;
  readonly password?: string;
  /** In place of the password. */
  readonly proof?: object;
}

/** The variables of an operation that takes a proof, and the arguments of its field. */
export const proofParameters = '($proof: Proof!, $challenge: String)';
export const proofArguments = 'proof: $proof, challenge: $challenge';

const credentials = '{ accessToken refreshToken user { id } }';

/** What users of second factors do. */
export function createFactorsClient({ ask }: Pick<TestServer, 'ask'>, now: () => Date) {
  const logIn = ({ username }: TestUser, password = userPassword): Promise<Answer> =>
    ask(
      `mutation ($u: String!, $p: String!) { login(username: $u, password: $p) ${credentials} }`,
      {
        variables: { u: username, p: password },
      },
    );
  const complete = (challenge: string, proof: object): Promise<Answer> =>
    ask(
      `mutation ($c: String!, $p: Proof!) { completeLogin(challenge: $c, proof: $p) ${credentials} }`,
      { variables: { c: challenge, p: proof } },
    );
  const logInWith = async (user: TestUser, proof: object): Promise<Answer> =>
    complete(challengeOf(await logIn(user)), proof);
  const reauthenticate = (token: string, proof: object, challenge?: string): Promise<Answer> =>
    ask(
      `mutation ($c: String, $p: Proof!) { reauthenticate(challenge: $c, proof: $p) ${credentials} }`,
      { variables: { c: challenge, p: proof }, token },
    );
  /** Sends an operation with a password, and then with a second proof if one is due. */
  const withProof = async (
    text: string,
    { token, variables = {} }: { readonly token: string } & Pick<AskOptions, 'variables'>,
    { second, password = userPassword, proof: only = { password } }: Proofs = {},
  ): Promise<Answer> => {
    const send = (proof: object, challenge?: string) =>
      ask(text, { token, variables: { ...variables, proof, challenge } });
    const first = await send(only);
    if (second === undefined || first.reason !== 'FACTOR_REQUIRED') return first;
    return send(second, challengeOf(first));
  };
  const enrolOtp = (token: string, proofs: Proofs = {}): Promise<Answer> =>
    withProof(
      `mutation ${proofParameters} {
        enrolOtp(${proofArguments}) { secret uri qrCode enrolment expiresAt }
      }`,
      { token },
      proofs,
    );
  const renewRecoveryCodes = (token: string, proofs: Proofs = {}): Promise<Answer> =>
    withProof(
      `mutation ${proofParameters} { renewRecoveryCodes(${proofArguments}) }`,
      { token },
      proofs,
    );
  const confirmOtp = (token: string, enrolment: string, code: string): Promise<Answer> =>
    ask(
      `mutation ($e: String!, $c: String!) {
        confirmOtp(enrolment: $e, code: $c, name: "Phone") { factor { ${factor} } recoveryCodes }
      }`,
      { variables: { e: enrolment, c: code }, token },
    );

  return {
    logIn,
    complete,
    logInWith,
    reauthenticate,
    withProof,
    enrolOtp,
    confirmOtp,
    renewRecoveryCodes,
    /** Adds an app, whose codes `codeOf` computes. */
    async addApp(
      { accessToken }: Pick<TestUser, 'accessToken'>,
      proofs: Proofs = {},
    ): Promise<AddedApp> {
      const begun = await enrolOtp(accessToken, proofs);
      if (begun.status !== 200) throw new Error(`enrolOtp: ${begun.text}`);
      const { secret, enrolment } = begun.data.enrolOtp;
      const answer = await confirmOtp(accessToken, enrolment, codeOf(secret, now()));
      if (answer.status !== 200) throw new Error(`confirmOtp: ${answer.text}`);
      const { factor: added, recoveryCodes } = answer.data.confirmOtp;
      return { secret, factorId: added.id, recoveryCodes };
    },
    /** Logs in with a password and one more factor. */
    async session(user: TestUser, proof: object): Promise<TestUser> {
      const answer = await logInWith(user, proof);
      if (answer.status !== 200) throw new Error(`completeLogin: ${answer.text}`);
      const { accessToken, refreshToken } = answer.data.completeLogin;
      return { ...user, accessToken, refreshToken };
    },
    factorsOf: async (token: string) => {
      const answer = await ask(`{ me { recoveryCodesLeft secondFactors { ${factor} } } }`, {
        token,
      });
      return answer.data.me;
    },
  };
}

const factor = 'id kind name createdAt lastUsedAt isBackedUp isLost';

export interface AddedApp {
  readonly secret: string;
  readonly factorId: string;
  readonly recoveryCodes: readonly string[];
}

/** The challenge of a login of which a factor is due. */
export const challengeOf = ({ errors, text }: Answer): string => {
  const challenge = errors[0]?.extensions.challenge;
  if (typeof challenge !== 'string') throw new Error(`no challenge: ${text}`);
  return challenge;
};

/** The code of an app at a time. */
export const codeOf = (secret: string, time: Date): string =>
  new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 }).generate({
    timestamp: time.getTime(),
  });

/** The status of an answer with its data, or with its code and reason. */
export const outcomeOf = ({ status, code, reason, data }: Answer): string =>
  code === undefined
    ? `${status} ${Object.keys(data).join()}`
    : [status, code, reason].filter((part) => part !== undefined).join(' ');
