import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Answer, AskOptions } from '../ask.ts';
import { createAdminAsk } from '../node-client.ts';
import { type TestUser, userPassword } from '../test-server.ts';
import { linksOf, type MailServer, tokenOf } from './mail-server.ts';
import type { ReceivedMail } from './smtp-server.ts';

const delivery = 'app: String, locale: String';
const chosen = 'token: String!, username: String!, password: String!, displayName: String';

/** The arguments of the mutations, and what they select. */
const mutations = {
  requestPasswordReset: [`email: String!, ${delivery}`],
  resetPasswordByMail: ['token: String!, newPassword: String!'],
  acceptInvitation: [chosen],
  joinByInvitation: ['token: String!', '{ id groups }'],
  inviteUser: [
    `input: InviteUserInput!, ${delivery}`,
    '{ id email groups invitedBy { username } createdAt expiresAt }',
  ],
  cancelInvitation: ['id: ID!'],
  requestEmailVerification: [delivery],
  verifyEmail: ['token: String!'],
  changeEmail: [`email: String!, proof: Proof!, challenge: String, ${delivery}`],
  confirmEmail: ['token: String!'],
  undoEmailChange: ['token: String!'],
  declineEmailUndo: [''],
  sendPasswordReset: [`userId: ID!, ${delivery}`],
  signUp: [`email: String!, ${delivery}`],
  completeSignUp: [chosen],
  createUser: ['input: CreateUserInput!', '{ id }'],
  updateUser: ['id: ID!, input: UpdateUserInput!, proof: Proof', '{ id email }'],
  disableUser: ['id: ID!', '{ id }'],
  enableUser: ['id: ID!', '{ id }'],
  deleteUser: ['id: ID!'],
  resetPassword: ['userId: ID!, newPassword: String!', '{ id }'],
  changePassword: ['currentPassword: String!, newPassword: String!', '{ accessToken }'],
  grantGroup: ['userId: ID!, group: Group!', '{ id }'],
  revokeGroup: ['userId: ID!, group: Group!', '{ id }'],
} as const;

export type Field = keyof typeof mutations;

/** Writes an operation of one field, whose variables have the names of its arguments. */
export function operationOf(field: Field): string {
  const [args, selection = ''] = mutations[field];
  const names = args.match(/\w+(?=:)/g) ?? [];
  if (names.length === 0) return `mutation { ${field} ${selection} }`;
  const declared = args.replaceAll(/(\w+):/g, '$$$1:');
  return `mutation (${declared}) { ${field}(${names.map((name) => `${name}: $${name}`)}) ${selection} }`;
}

/** Someone with an address. */
export interface Member extends TestUser {
  readonly address: string;
}

export const anAddress = (): string => `${randomUUID().slice(0, 13)}@example.org`;
export const aName = (): string => `name-${randomUUID().slice(0, 13)}`;

/** A password that no rule refuses. */
export const otherPassword = 'cobalt-heron-window-41-moss';

/** Proves the password of all test users. */
export const password = { password: userPassword };

/** What people do who have accounts by mail. */
export function createMailClient(server: Pick<MailServer, 'ask' | 'smtp' | 'logIn'>) {
  const run = (field: Field, variables: object = {}, options: AskOptions = {}): Promise<Answer> => {
    const proof = field === 'changeEmail' ? { proof: password } : {};
    return server.ask(operationOf(field), { ...options, variables: { ...proof, ...variables } });
  };

  const askAsAdmin = createAdminAsk(server);
  /** The same, as an ADMIN whose log-in is fresh. @throws for a refusal. */
  const administer = async (field: Field, variables: object): Promise<Answer> =>
    required(await askAsAdmin(operationOf(field), { ...variables }));

  const mailTo = (address: string): Promise<ReceivedMail> =>
    server.smtp.next(({ envelope }) => envelope.to.includes(address));

  /** The token of the next mail with one link. */
  const tokenTo = async (address: string): Promise<string> =>
    tokenOf(
      await server.smtp.next(
        (mail) => mail.envelope.to.includes(address) && linksOf(mail).length === 1,
      ),
    );

  /** An account whose address is not verified. */
  async function aMember(address = anAddress(), groups: readonly string[] = []): Promise<Member> {
    const input = { username: aName(), password: userPassword, email: address, groups };
    await administer('createUser', { input });
    return { ...(await server.logIn(input.username, userPassword)), address };
  }

  const client = {
    run,
    administer,
    mailTo,
    tokenTo,
    aMember,
    /** An account with a verified address. */
    async aVerified(address = anAddress(), groups: readonly string[] = []): Promise<Member> {
      const member = await aMember(address, groups);
      required(await run('requestEmailVerification', {}, { token: member.accessToken }));
      required(await run('verifyEmail', { token: await tokenTo(address) }));
      return member;
    },
    /** Whether a session continues. */
    async isIn({ accessToken: token }: Pick<Member, 'accessToken'>): Promise<boolean> {
      return (await server.ask('{ me { id } }', { token })).data?.me !== undefined;
    },
    async resetTo({ id, address }: Member): Promise<string> {
      await administer('sendPasswordReset', { userId: id });
      return tokenTo(address);
    },
    async invite(address: string, groups?: readonly string[]): Promise<string> {
      await administer('inviteUser', { input: { email: address, groups } });
      return tokenTo(address);
    },
    /** Each request has a sender of its own. */
    signUp: (email: string, sender = aSender()): Promise<Answer> =>
      run('signUp', { email }, { headers: { 'x-forwarded-for': sender } }),
    forgot: (email: string, sender = aSender()): Promise<Answer> =>
      run('requestPasswordReset', { email }, { headers: { 'x-forwarded-for': sender } }),
    /** Returns the token of the link to the new address. */
    async askFor(
      { accessToken: token }: Pick<Member, 'accessToken'>,
      address: string,
      proof: object = password,
    ): Promise<string> {
      required(await run('changeEmail', { email: address, proof }, { token }));
      return tokenTo(address);
    },
    /** Changes an address. */
    async move(
      member: Pick<Member, 'accessToken'>,
      address: string,
      proof: object = password,
    ): Promise<void> {
      required(await run('confirmEmail', { token: await client.askFor(member, address, proof) }));
    },
    accept: (token: string, username = aName()): Promise<Answer> =>
      run('acceptInvitation', { token, username, password: userPassword }),
    complete: (token: string, username = aName()): Promise<Answer> =>
      run('completeSignUp', { token, username, password: userPassword }),
    reset: (token: string, newPassword = otherPassword): Promise<Answer> =>
      run('resetPasswordByMail', { token, newPassword }),
  };
  return client;
}

export type MailClient = ReturnType<typeof createMailClient>;

let senders = 0;
/** An address that has sent nothing, for servers that trust a proxy on this machine. */
export const aSender = (): string => {
  senders += 1;
  return `10.${(senders >> 16) & 255}.${(senders >> 8) & 255}.${senders & 255}`;
};

/** @throws for a refusal. */
export function required(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

/** A mail server is away until the test ends, or calls the result. */
export async function leave(smtp: MailServer['smtp']): Promise<() => Promise<void>> {
  let isAway = true;
  const comeBack = async () => {
    if (isAway) await smtp.comeBack();
    isAway = false;
  };
  await smtp.goAway();
  onTestFinished(comeBack);
  return comeBack;
}
