import { randomBytes } from 'node:crypto';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { inputsOf } from '../../src/gatehouse/app-inputs.ts';
import { type Administration, administration } from '../../src/gatehouse/operator.ts';
import { createParts } from '../../src/gatehouse/part.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createFactorsClient, outcomeOf } from '../support/factors-server.ts';
import {
  aName,
  anAddress,
  createMailClient,
  type MailClient,
  required,
} from '../support/mail/mail-client.ts';
import { type MailServer, mailSettings, startMailServer } from '../support/mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import { createPackageDatabase, projectWith } from '../support/package-server.ts';
import { sampleOf } from '../support/sample.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { type TestUser, userPassword } from '../support/test-server.ts';

const day = 24 * 60 * 60;
const refused = '409 CONFLICT SEPARATE_DUTIES';
const otherPassword = 'cobalt-heron-window-41-moss';
const packages = [factors({ groups: { AUDITOR: 2 } })];
const keys = { FACTORS_KEYS: `1:${randomBytes(32).toString('base64url')}` };
let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
let database: TestDatabase;
let smtp: TestSmtpServer;
let server: MailServer;
let client: MailClient;
let proofs: ReturnType<typeof createFactorsClient>;
/** Two administrators for more than a day. */
let admin: TestUser;
let colleague: TestUser;
/** Other accounts that are as old, by the way in which one of the administrators opens them. */
const seconds = new Map<number, TestUser>();
beforeAll(async () => {
  database = await createPackageDatabase([mail(), ...packages]);
  smtp = await startSmtpServer();
  server = await startMailServer({ now, database, smtp, packages, environment: keys });
  client = createMailClient(server);
  proofs = createFactorsClient(server, now);
  for (const [index, { has }] of ways.entries()) {
    if (has !== undefined) seconds.set(index, await server.aUser(has));
  }
  [admin, colleague] = [await server.aUser('ADMIN'), await server.aUser('ADMIN')];
  pass(day);
});
afterAll(async () => {
  await server.stop();
  await smtp.close();
  await database.close();
});

type Actor = Pick<TestUser, 'accessToken'>;
const mutate = ({ accessToken: token }: Actor, text: string, variables: object = {}) =>
  server.ask(`mutation ${text}`, { token, variables: { ...variables } });
const idOf = '($id: ID!)';

/** What gives the factors of an account to someone who knows its password, and what gives its password. */
const acts = {
  resetFactors: (by: Actor, id: string) =>
    mutate(by, `${idOf} { resetFactors(userId: $id) { id } }`, { id }),
  openEnrolment: (by: Actor, id: string) =>
    mutate(by, `${idOf} { openEnrolment(userId: $id) }`, { id }),
  resetPassword: (by: Actor, id: string, newPassword = otherPassword) =>
    mutate(by, '($id: ID!, $p: String!) { resetPassword(userId: $id, newPassword: $p) { id } }', {
      id,
      p: newPassword,
    }),
  setAddress: (by: Actor, id: string) =>
    mutate(by, '($id: ID!, $e: String) { updateUser(id: $id, input: { email: $e }) { id } }', {
      id,
      e: anAddress(),
    }),
} as const;
/** Each with acts of the other kind. */
const pairs = [
  [acts.resetFactors, acts.resetPassword],
  [acts.setAddress, acts.openEnrolment],
  [acts.resetPassword, acts.openEnrolment],
  [acts.resetFactors, acts.setAddress],
] as const;

const logIn = ({ username }: Pick<TestUser, 'username'>, password = userPassword) =>
  server.logIn(username, password);

/** A user for whom others act. */
const aVictim = async (): Promise<string> => {
  const made = await server.logIn(await createUser(await logIn(admin), []), userPassword);
  return made.id;
};

/** Sets the address of the own account. */
const setOwnAddress = ({ accessToken: token, id }: TestUser, password = userPassword) =>
  client.run('updateUser', { id, input: { email: anAddress() }, proof: { password } }, { token });

const grant = (by: Actor, userId: string, group: string) =>
  mutate(by, `($id: ID!, $g: Group!) { grantGroup(userId: $id, group: $g) { id } }`, {
    id: userId,
    g: group,
  });

async function createUser(by: Actor, groups: readonly string[]): Promise<string> {
  const input = { username: aName(), password: userPassword, groups };
  required(
    await mutate(by, '($i: CreateUserInput!) { createUser(input: $i) { id } }', { i: input }),
  );
  return input.username;
}

async function invite(by: Actor, email: string): Promise<string> {
  const input = { email, groups: ['ADMIN'] };
  required(
    await mutate(by, '($i: InviteUserInput!) { inviteUser(input: $i) { id } }', { i: input }),
  );
  return client.tokenTo(email);
}

/** A second account that one administrator opens. */
interface Way {
  readonly what: string;
  /** The fields that open it. Absent: commands. */
  readonly by?: readonly string[];
  /** The group that the second account has had for a day. Absent: it has to be made. */
  readonly has?: string;
  /** Opens the account, and returns its session. */
  open(by: TestUser, second: TestUser): Promise<Actor>;
}

const ways: readonly Way[] = [
  {
    what: 'makes',
    by: ['createUser'],
    open: async (by) => server.logIn(await createUser(by, ['ADMIN']), userPassword),
  },
  {
    what: 'makes and then promotes',
    by: ['createUser', 'grantGroup'],
    async open(by) {
      const made = await server.logIn(await createUser(by, []), userPassword);
      required(await grant(by, made.id, 'ADMIN'));
      return made;
    },
  },
  {
    what: 'grants the group to',
    by: ['grantGroup'],
    has: 'STAFF',
    async open(by, second) {
      required(await grant(by, second.id, 'ADMIN'));
      return logIn(second);
    },
  },
  {
    what: 'grants a group that has ended to',
    by: ['grantGroup'],
    has: 'STAFF',
    async open(by, second) {
      const until = new Date(nowMs + 60_000).toISOString();
      const text = `($id: ID!, $e: DateTime) { grantGroup(userId: $id, group: ADMIN, expiresAt: $e) { id } }`;
      required(await mutate(by, text, { id: second.id, e: until }));
      pass(61);
      required(await grant(await logIn(by), second.id, 'ADMIN'));
      return logIn(second);
    },
  },
  {
    what: 'gives a password to',
    by: ['resetPassword'],
    has: 'ADMIN',
    async open(by, second) {
      required(await acts.resetPassword(by, second.id));
      return logIn(second, otherPassword);
    },
  },
  {
    what: 'gives an address to',
    by: ['updateUser'],
    has: 'ADMIN',
    async open(by, second) {
      required(await acts.setAddress(by, second.id));
      return logIn(second);
    },
  },
  {
    what: 'resets the factors of',
    by: ['resetFactors'],
    has: 'ADMIN',
    async open(by, second) {
      required(await acts.resetFactors(by, second.id));
      return logIn(second);
    },
  },
  {
    what: 'opens the enrolment of',
    by: ['openEnrolment'],
    has: 'ADMIN',
    async open(by, second) {
      required(await acts.openEnrolment(by, second.id));
      return logIn(second);
    },
  },
  {
    what: 'enables',
    by: ['enableUser'],
    has: 'ADMIN',
    async open(by, second) {
      required(await mutate(by, `${idOf} { disableUser(id: $id) { id } }`, { id: second.id }));
      required(await mutate(by, `${idOf} { enableUser(id: $id) { id } }`, { id: second.id }));
      return logIn(second);
    },
  },
  {
    what: 'invites',
    by: ['inviteUser', 'acceptInvitation'],
    async open(by) {
      const username = aName();
      required(await client.accept(await invite(by, anAddress()), username));
      return server.logIn(username, userPassword);
    },
  },
  {
    what: 'invites as a member',
    by: ['inviteUser', 'joinByInvitation'],
    has: 'STAFF',
    async open(by, second) {
      const email = anAddress();
      const session = await logIn(second);
      const { accessToken: token } = session;
      const own = { id: second.id, input: { email }, proof: { password: userPassword } };
      required(await client.run('updateUser', own, { token }));
      required(await client.run('requestEmailVerification', {}, { token }));
      required(await client.run('verifyEmail', { token: await client.tokenTo(email) }));
      const invitation = await invite(by, email);
      required(await client.run('joinByInvitation', { token: invitation }, { token }));
      return session;
    },
  },
  {
    what: 'signs up and promotes',
    by: ['completeSignUp', 'grantGroup'],
    async open(by) {
      const [email, username] = [anAddress(), aName()];
      required(await client.signUp(email));
      required(await client.complete(await client.tokenTo(email), username));
      const made = await server.logIn(username, userPassword);
      required(await grant(by, made.id, 'ADMIN'));
      return made;
    },
  },
  {
    what: 'uses an API client as',
    by: ['createApiClient', 'rotateApiClientSecret'],
    async open(by) {
      const text = '{ createApiClient(name: "a", groups: [ADMIN]) { client { id } } }';
      const { id } = required(await mutate(by, text)).data.createApiClient.client;
      const replace = `${idOf} { rotateApiClientSecret(id: $id) { secret } }`;
      const { data } = required(await mutate(by, replace, { id }));
      return { accessToken: data.rotateApiClientSecret.secret };
    },
  },
  {
    what: 'makes on the machine',
    open: async () => {
      const username = aName();
      const password = userPassword;
      await onMachine(({ users }) => users.create({ username, password, groups: ['ADMIN'] }));
      return server.logIn(username, userPassword);
    },
  },
  {
    what: 'grants the group on the machine to',
    has: 'STAFF',
    async open(_by, second) {
      const granted = { user: second.id, group: 'ADMIN', expiresAt: null };
      await onMachine(({ users }) => users.grant(granted));
      return logIn(second);
    },
  },
  {
    what: 'gives on the machine a password to',
    has: 'ADMIN',
    async open(_by, second) {
      await onMachine(({ users }) => users.resetPassword(second.id, otherPassword));
      return logIn(second, otherPassword);
    },
  },
];

/** Does what a command on the machine does. */
async function onMachine<Result>(work: (given: Administration) => Promise<Result>) {
  const project = projectWith([mail(), ...packages]);
  const environment = { NODE_ENV: 'test', BCRYPT_COST: '4', ...mailSettings(smtp.url), ...keys };
  const config = parseConfig(environment, project.config.packages ?? []);
  const logger = createLogger('silent', { write: () => {} });
  const parts = createParts(inputsOf({ config, project, connection: database, logger, now }));
  return work(await parts.get(administration)).finally(parts.close);
}

const attacks = ways.map((way, index) => ({
  ...way,
  second: index,
  pair: pairs[index % pairs.length] ?? pairs[0],
}));

/** Why the other fields open no account of someone else. */
const harmless: Readonly<Record<string, string>> = {
  addPasskey: 'of the own account',
  beginPasskey: 'of the own account',
  cancelInvitation: 'ends a right',
  changeEmail: 'of the own account',
  changePassword: 'of the own account',
  completeLogin: 'of the own account',
  completeSession: 'of the own account',
  confirmEmail: 'by a link that the own account has asked for',
  confirmOtp: 'of the own account',
  declineEmailUndo: 'of the own account',
  deleteUser: 'ends a right',
  disableApiClient: 'ends a right',
  disableUser: 'ends a right',
  endSession: 'ends a right',
  enrolOtp: 'of the own account',
  login: 'of the own account',
  logout: 'ends a right',
  logoutEverywhere: 'ends a right',
  reauthenticate: 'of the own account',
  refresh: 'of the own account',
  removeFactor: 'of the own account',
  renameFactor: 'of the own account',
  renewRecoveryCodes: 'of the own account',
  requestEmailVerification: 'of the own account',
  requestPasswordReset: 'the link goes to the verified address',
  resetPasswordByMail: 'by a link to the verified address',
  revokeGroup: 'ends a right',
  sendPasswordReset: 'the link goes to the verified address',
  signUp: 'makes nothing before its link is used',
  startSession: 'of the own account',
  undoEmailChange: 'by a link to an address that the account had verified',
  verifyEmail: 'by a link that the own account has asked for',
};

describe('one administrator does not get the factors and the password of an account', () => {
  it('by any field of users, programs and factors: each opens an account below, or is harmless', async () => {
    const query = '{ __type(name: "Mutation") { fields { name } } }';
    const { accessToken: token } = await logIn(admin);
    const { data } = await server.ask(query, { token });
    const names: readonly string[] = data.__type.fields.map(({ name }: { name: string }) => name);
    const opening = new Set(ways.flatMap(({ by = [] }) => by));
    const unknown = names.filter((name) => !opening.has(name) && !Object.hasOwn(harmless, name));
    expect(unknown.filter((name) => !/Room|Entry/.test(name))).toEqual([]);
    expect([...opening, ...Object.keys(harmless)].filter((name) => !names.includes(name))).toEqual(
      [],
    );
  });

  it('by a second administrator, who is made for it: four requests', async () => {
    const [by, victim] = [await logIn(admin), await server.aUser()];
    required(await acts.resetFactors(by, victim.id));
    const second = await server.logIn(await createUser(by, ['ADMIN']), userPassword);
    expect(outcomeOf(await acts.resetPassword(second, victim.id))).toBe(refused);
    expect((await proofs.logIn(victim)).status).toBe(200);
  });

  it.each(sampleOf(attacks, (_each, index) => index % 3 === 0))(
    'when it $what another account, whichever of both acts first',
    async ({ open, second, pair: [one, other] }) => {
      const [first, next] = [await aVictim(), await aVictim()];
      required(await one(await logIn(admin), first));
      const opened = await open(await logIn(admin), seconds.get(second) ?? admin);
      expect(outcomeOf(await other(opened, first))).toBe(refused);
      required(await one(opened, next));
      pass(day - 600);
      expect(outcomeOf(await other(await logIn(admin), next))).toBe(refused);
      pass(600);
      expect((await other(await logIn(admin), next)).status).toBe(200);
    },
  );
});

describe('two administrators', () => {
  it.each([
    { what: 'have not changed', change: async () => {} },
    {
      what: 'got a group that the act does not need',
      change: async (id: string) => required(await grant(await logIn(admin), id, 'STAFF')),
    },
    {
      what: 'were renamed',
      change: async (id: string) =>
        required(
          await mutate(
            await logIn(admin),
            '($id: ID!) { updateUser(id: $id, input: { displayName: "Ada" }) { id } }',
            { id },
          ),
        ),
    },
    {
      what: 'changed the own password and address',
      async change(_id: string) {
        const by = await logIn(colleague);
        const passwords = { c: userPassword, n: otherPassword };
        const text =
          '($c: String!, $n: String!) { changePassword(currentPassword: $c, newPassword: $n) { accessToken } }';
        const { data } = required(await mutate(by, text, passwords));
        const again = { accessToken: data.changePassword.accessToken };
        required(await setOwnAddress({ ...by, ...again }, otherPassword));
        required(await mutate(again, text, { c: otherPassword, n: userPassword }));
      },
    },
    {
      what: 'were opened a day ago',
      async change(id: string) {
        required(await acts.openEnrolment(await logIn(admin), id));
        pass(day);
      },
    },
  ])('do both, when they $what', async ({ change }) => {
    await change(colleague.id);
    for (const [one, other] of pairs) {
      const victim = await aVictim();
      required(await one(await logIn(colleague), victim));
      required(await other(await logIn(admin), victim));
    }
  });
});

describe('a verified address that someone else has taken from an account', () => {
  const insteadOf = '409 CONFLICT MAIL_INSTEAD';
  const setEmail = (by: Actor, id: string, email: string | null) =>
    mutate(by, '($id: ID!, $e: String) { updateUser(id: $id, input: { email: $e }) { id } }', {
      id,
      e: email,
    });

  it('still keeps administrators from choosing the password, for 24 hours', async () => {
    const member = await client.aVerified();
    const by = await logIn(admin);
    for (const email of [null, anAddress(), member.address, null]) {
      required(await setEmail(by, member.id, email));
      for (const each of [by, await logIn(colleague)]) {
        expect(outcomeOf(await acts.resetPassword(each, member.id))).toBe(insteadOf);
      }
    }
    pass(day);
    expect((await acts.resetPassword(await logIn(admin), member.id)).status).toBe(200);
  });

  it('gets the notices of both changes, and of what follows, for 24 hours', async () => {
    const member = await client.aVerified();
    required(await setEmail(await logIn(admin), member.id, null));
    const subject = async () => (await client.mailTo(member.address)).subject;
    expect(await subject()).toBe('The address of your account at Example was changed');
    required(await setEmail(await logIn(admin), member.id, anAddress()));
    expect(await subject()).toBe('The address of your account at Example was changed');
    await onMachine(({ users }) => users.resetPassword(member.id, otherPassword));
    expect(await subject()).toMatch(/An administrator set a new password/);
    required(await acts.resetFactors(await logIn(colleague), member.id));
    expect(await subject()).toMatch(/All second factors of your account were removed/);
    pass(day);
    required(await acts.resetFactors(await logIn(colleague), member.id));
    await logIn(member, otherPassword);
    const toMember = server.smtp
      .mails()
      .filter(({ envelope }) => envelope.to.includes(member.address));
    expect(toMember).toHaveLength(5);
  });

  it('gets no link, and counts also when the owner corrects the new address', async () => {
    const member = await client.aVerified();
    required(await setEmail(await logIn(admin), member.id, anAddress()));
    const by = await logIn(admin);
    const { accessToken: token } = by;
    const sent = await client.run('sendPasswordReset', { userId: member.id }, { token });
    expect(outcomeOf(sent)).toBe('409 CONFLICT NO_VERIFIED_ADDRESS');
    required(await setOwnAddress(await logIn(member)));
    expect(outcomeOf(await acts.resetPassword(by, member.id))).toBe(insteadOf);
    await client.move(await logIn(member), anAddress());
    expect(outcomeOf(await acts.resetPassword(by, member.id))).toBe(insteadOf);
  });
});
