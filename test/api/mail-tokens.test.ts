import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mail } from '../../packages/mail/src/index.ts';
import type { Answer } from '../support/ask.ts';
import { outcomeOf } from '../support/factors-server.ts';
import {
  anAddress,
  createMailClient,
  type MailClient,
  type Member,
  otherPassword,
} from '../support/mail/mail-client.ts';
import { type MailServer, startMailServer } from '../support/mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import { createPackageDatabase } from '../support/package-server.ts';
import { sampleOf } from '../support/sample.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { userPassword } from '../support/test-server.ts';

const beganMs = Date.parse('2026-05-01T12:00:00Z');
let nowMs = beganMs;
const now = () => new Date(nowMs);
const environment = { TRUST_PROXY: 'loopback' };

let database: TestDatabase;
let smtp: TestSmtpServer;
let server: MailServer;
let other: MailServer;
let client: MailClient;
let others: MailClient;
beforeAll(async () => {
  database = await createPackageDatabase([mail()]);
  smtp = await startSmtpServer();
  server = await startMailServer({ now, database, smtp, environment });
  other = await startMailServer({ now, database, smtp, environment });
  client = createMailClient(server);
  others = createMailClient(other);
});
afterAll(async () => {
  await server.stop();
  await other.stop();
  await smtp.close();
  await database.close();
});

const ended = '409 CONFLICT LINK_ENDED';

/** A link of one purpose, and what it belongs to. */
interface Subject {
  readonly token: string;
  readonly address: string;
  /** Absent: an account that does not exist yet. */
  readonly member?: Member;
}

interface Purpose {
  readonly purpose: string;
  readonly lifeMs: number;
  make(): Promise<Subject>;
  spend(on: MailClient, token: string): Promise<Answer>;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const purposes: readonly Purpose[] = [
  {
    purpose: 'sign-up',
    lifeMs: 30 * minuteMs,
    async make() {
      const address = anAddress();
      await client.signUp(address);
      return { address, token: await client.tokenTo(address) };
    },
    spend: (on, token) => on.complete(token),
  },
  {
    purpose: 'reset',
    lifeMs: 30 * minuteMs,
    async make() {
      const member = await client.aVerified();
      return { member, address: member.address, token: await client.resetTo(member) };
    },
    spend: (on, token) => on.reset(token),
  },
  {
    purpose: 'verification',
    lifeMs: dayMs,
    async make() {
      const member = await client.aMember();
      await client.run('requestEmailVerification', {}, { token: member.accessToken });
      return { member, address: member.address, token: await client.tokenTo(member.address) };
    },
    spend: (on, token) => on.run('verifyEmail', { token }),
  },
  {
    purpose: 'address',
    lifeMs: dayMs,
    async make() {
      const [member, address] = [await client.aMember(), anAddress()];
      return { member, address, token: await client.askFor(member, address) };
    },
    spend: (on, token) => on.run('confirmEmail', { token }),
  },
  {
    purpose: 'invitation',
    lifeMs: 7 * dayMs,
    async make() {
      const address = anAddress();
      return { address, token: await client.invite(address) };
    },
    spend: (on, token) => on.accept(token),
  },
  {
    purpose: 'undo',
    lifeMs: 7 * dayMs,
    async make() {
      const member = await client.aVerified();
      await client.move(member, anAddress());
      return { member, address: member.address, token: await client.tokenTo(member.address) };
    },
    spend: (on, token) => on.run('undoEmailChange', { token }),
  },
];

const ofAccounts = purposes.filter(
  ({ purpose }) => purpose !== 'sign-up' && purpose !== 'invitation',
);

/** Every second purpose on the embedded database, and the others on PostgreSQL. */
const isInSample = (_each: Purpose, index: number): boolean =>
  index % 2 === (process.env.TEST_DATABASE_KIND === 'postgresql' ? 1 : 0);

/** What a link could change: accounts, their addresses and sessions, and other links. */
async function stateOf({ address, member }: Subject): Promise<unknown> {
  return server.owner.database.$queryRawUnsafe(
    `SELECT account.id::text, email, password_version, display_name, disabled_at, known.address, verified_at,
       (SELECT count(*)::int FROM gatehouse.sessions WHERE user_id = account.id) AS sessions,
       (SELECT count(*)::int FROM gatehouse_mail.tokens WHERE user_id = account.id AND spent_at IS NULL) AS links
     FROM gatehouse.users AS account LEFT JOIN gatehouse_mail.addresses AS known ON known.user_id = account.id
     WHERE account.id = $1::uuid OR email = $2`,
    member?.id ?? null,
    address,
  );
}

/** What happens to an account while one of its links is on the way. */
const events: Readonly<Record<string, (member: Member) => Promise<unknown>>> = {
  'the password was changed': ({ accessToken: token }) =>
    client.run(
      'changePassword',
      { currentPassword: userPassword, newPassword: otherPassword },
      { token },
    ),
  'an administrator changed the address': ({ id }) =>
    client.administer('updateUser', { id, input: { email: anAddress() } }),
  'another change of the address was confirmed': (member) => client.move(member, anAddress()),
  'the user was disabled': ({ id }) => client.administer('disableUser', { id }),
  'the user was deleted': ({ id }) => client.administer('deleteUser', { id }),
};

const names = Object.keys(events);
/** An earlier address is restored whatever has followed. */
const effectOf = (purpose: string, event: string) =>
  purpose === 'undo' && event !== 'the user was deleted' ? 'restores the address' : 'has ended';

/** The links of all tests, made at one time: by purpose and test. */
const subjects = new Map<string, Subject>();
const subjectOf = (purpose: string, test: string): Subject => {
  const found = subjects.get(`${purpose} ${test}`);
  if (found === undefined) throw new Error(`There is no link for ${purpose} ${test}.`);
  return found;
};

beforeAll(async () => {
  const linksFor = (chosen: readonly Purpose[], tests: readonly string[]) =>
    chosen.flatMap((each) => tests.map((test) => ({ ...each, test })));
  const wanted = [
    ...linksFor(purposes, ['once', 'alive', 'late']),
    ...linksFor(sampleOf(purposes, isInSample), ['race']),
    ...linksFor(sampleOf(ofAccounts, isInSample), names),
  ];
  await Promise.all(
    wanted.map(async ({ purpose, test, make }) => {
      subjects.set(`${purpose} ${test}`, await make());
    }),
  );
});

describe.each(sampleOf(purposes, isInSample))(
  'a link of the purpose $purpose',
  ({ purpose, spend }) => {
    it('is one token of 256 bits, which nothing else replaces, and works once', async () => {
      const subject = subjectOf(purpose, 'once');
      const { token } = subject;
      expect(token).toMatch(/^[\w-]{43}$/);
      const before = await stateOf(subject);
      const foreign = purposes
        .filter((each) => each.purpose !== purpose)
        .map((each) => subjectOf(each.purpose, 'once').token);
      const wrong = [
        ...foreign,
        'A'.repeat(43),
        'x'.repeat(10_000),
        '',
        'null',
        `${token} `,
        `${token}=`,
        token.slice(1),
        token.toLowerCase(),
        `#token=${token}`,
        `${token.slice(0, -1)}\u0000`,
        `${token.slice(0, -1)}%`,
        `${'é'.repeat(43)}`,
      ];
      for (const text of wrong) expect(outcomeOf(await spend(client, text)), text).toBe(ended);
      expect(await stateOf(subject)).toEqual(before);

      expect((await spend(client, token)).status).toBe(200);
      const after = await stateOf(subject);
      expect(after).not.toEqual(before);
      expect(outcomeOf(await spend(client, token))).toBe(ended);
      expect(await stateOf(subject)).toEqual(after);
    });

    it('opens no session', async () => {
      const answer = await spend(client, subjectOf(purpose, 'once').token);
      expect([...answer.headers.keys()]).not.toContain('set-cookie');
    });

    it('is spent by one of two nodes', async () => {
      const { token } = subjectOf(purpose, 'race');
      const answers = await Promise.all([spend(client, token), spend(others, token)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(answers.find(({ status }) => status === 409)?.reason).toBe('LINK_ENDED');
    });
  },
);

describe.each(sampleOf(ofAccounts, isInSample))(
  'a link of the purpose $purpose',
  ({ purpose, spend }) => {
    const cases = names.map((event) => [effectOf(purpose, event), event] as const);
    it.each(cases)('%s when %s', async (effect, event) => {
      const subject = subjectOf(purpose, event);
      const { member, token, address } = subject;
      if (member === undefined) throw new Error('There is no account.');
      await events[event]?.(member);
      const before = await stateOf(subject);
      const answer = await spend(client, token);
      if (effect === 'has ended') {
        expect(outcomeOf(answer)).toBe(ended);
        expect(await stateOf(subject)).toEqual(before);
      } else {
        expect(answer.status).toBe(200);
        expect(await stateOf(subject)).toMatchObject([{ email: address, links: 0 }]);
        expect(await client.isIn(member)).toBe(false);
      }
    });
  },
);

describe('two links of one address', () => {
  it('make one account, when two nodes spend them at the same time', async () => {
    const wanted = Array.from({ length: 4 }, async () => {
      const address = anAddress();
      await client.signUp(address);
      const signUp = await client.tokenTo(address);
      return { address, signUp, invitation: await client.invite(address) };
    });
    for (const { address, signUp, invitation } of await Promise.all(wanted)) {
      const answers = await Promise.all([client.complete(signUp), others.accept(invitation)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(await stateOf({ address, token: '' })).toHaveLength(1);
    }
  });
});

describe('at most three links of a purpose', () => {
  const tooMany = '409 CONFLICT TOO_MANY_LINKS';
  const tokensTo = (address: string) => Promise.all([1, 2, 3].map(() => client.tokenTo(address)));

  it('are live for an account: asking ends none, and spending one ends the others', async () => {
    const member = await client.aVerified();
    const { accessToken: token } = server.admin;
    const ask = () => client.run('sendPasswordReset', { userId: member.id }, { token });
    const asked = [await ask(), await ask(), await ask()];
    expect(asked.map(outcomeOf)).toEqual(Array(3).fill('200 sendPasswordReset'));
    expect(outcomeOf(await ask())).toBe(tooMany);
    const tokens = await tokensTo(member.address);
    expect(new Set(tokens).size).toBe(3);
    expect((await client.reset(tokens[1] ?? '')).status).toBe(200);
    expect(outcomeOf(await client.reset(tokens[0] ?? '', userPassword))).toBe(ended);
    expect(outcomeOf(await client.reset(tokens[2] ?? '', userPassword))).toBe(ended);
    expect((await ask()).status).toBe(200);
  });

  it('are live for a pending address, of which a change of the password ends all', async () => {
    const member = await client.aVerified();
    const wanted = [anAddress(), anAddress(), anAddress()];
    const tokens = [];
    for (const address of wanted) tokens.push(await client.askFor(member, address));
    const token = member.accessToken;
    expect(outcomeOf(await client.run('changeEmail', { email: anAddress() }, { token }))).toBe(
      tooMany,
    );
    const passwords = { currentPassword: userPassword, newPassword: otherPassword };
    const changed = await client.run('changePassword', passwords, { token });
    expect(outcomeOf(await client.run('confirmEmail', { token: tokens[0] ?? '' }))).toBe(ended);
    // Links that have ended are not counted.
    const { accessToken } = changed.data.changePassword;
    await client.move({ accessToken }, anAddress(), { password: otherPassword });
  });

  it('are live for an invited address', async () => {
    const address = anAddress();
    const tokens = [];
    for (const _ of [1, 2, 3]) tokens.push(await client.invite(address));
    await expect(client.invite(address)).rejects.toThrow('TOO_MANY_LINKS');
    expect((await client.accept(tokens[0] ?? '')).status).toBe(200);
    expect((await client.accept(tokens[1] ?? '')).reason).toBe('HAS_ACCOUNT');
  });

  it('restore addresses, and a change that could not be undone is refused', async () => {
    const member = await client.aVerified();
    for (const _ of [1, 2, 3]) await client.move(member, anAddress());
    const token = await client.askFor(member, anAddress());
    expect(outcomeOf(await client.run('confirmEmail', { token }))).toBe(tooMany);
    const first = await client.tokenTo(member.address);
    expect((await client.run('undoEmailChange', { token: first })).status).toBe(200);
    expect(outcomeOf(await client.run('confirmEmail', { token }))).toBe(ended);
  });
});

describe('links that were not spent', () => {
  // The clock goes on from here.
  it('work until one second before their life ends, and not a second after it', async () => {
    for (const { purpose, lifeMs, spend } of purposes) {
      nowMs = beganMs + lifeMs - 1000;
      expect((await spend(client, subjectOf(purpose, 'alive').token)).status, purpose).toBe(200);
      nowMs = beganMs + lifeMs + 1000;
      const late = subjectOf(purpose, 'late');
      const before = await stateOf(late);
      expect(outcomeOf(await spend(client, late.token)), purpose).toBe(ended);
      expect(await stateOf(late), purpose).toEqual(before);
    }
  });
});
