import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueLink } from '../../packages/mail/src/account/account-link.ts';
import {
  requireToken,
  requireUserId,
  spendToken,
} from '../../packages/mail/src/account/presented-token.ts';
import { createMailPackage } from '../../packages/mail/src/mail-package.ts';
import type { MailContext, Parts } from '../../packages/mail/src/parts.ts';
import type { Purpose } from '../../packages/mail/src/purpose.ts';
import { mailPurposes } from '../../packages/mail/src/purposes.ts';
import { defineDomain } from '../../src/index.ts';
import { definePackage, userOf, withParts } from '../../src/package.ts';
import { outcomeOf } from '../support/factors-server.ts';
import {
  createMailClient,
  type Member,
  otherPassword,
  required,
} from '../support/mail/mail-client.ts';
import { linksOf, mailSettings, tokenOf } from '../support/mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import { startPackageServer } from '../support/package-server.ts';
import { type TestServer, userPassword } from '../support/test-server.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);

/** All that the package does not know yet about this mail. */
const approval = {
  name: 'approval',
  link: { lifeSeconds: () => 3600, boundTo: 'password', cancels: 'alike', maxAnHour: 4 },
  texts: {
    en: { subject: 'Approve', body: 'Approve {username} within {life}.\n\n{link}', button: 'Yes' },
    de: { subject: 'Erlauben', body: '{username}: {life}\n\n{link}', button: 'Ja' },
  },
  sample: () => ({ username: 'ada' }),
} as const satisfies Purpose;

const locale = 'de';
const isOwn = { event: { action: 'approval.asked' }, ends: 'none' } as const;
const functions = {
  async askApproval(parts: Parts, _args: object, context: MailContext) {
    const { userId } = userOf(context.viewer);
    await parts.accounts.change({ context, userId, ...isOwn }, async (sql, { account, at }) => {
      const text = account.email ?? '';
      const delivery = { app: null, locale };
      const email = { text, key: text };
      await queueLink(parts, sql, { purpose: approval, account, email, delivery, at });
    });
    return true;
  },
  async approve(parts: Parts, { token: text }: { readonly token: string }, context: MailContext) {
    const token = await requireToken(parts, approval, text);
    const change = { context, userId: requireUserId(parts, token), ...isOwn } as const;
    await parts.accounts.change({ ...change, allowedBy: 'link' }, (sql, { account, at }) =>
      spendToken(parts, sql, { token, account, at }),
    );
    return true;
  },
};
const typeDefs = `extend type Mutation {
  "Asks."
  askApproval: Boolean! @auth(or: [USER])
  "Approves."
  approve("The token." token: String!): Boolean! @public
}`;

const base = createMailPackage([...mailPurposes, approval], {});
const withApproval = definePackage({
  ...base,
  domains: (parts: () => Promise<Parts>) => [
    ...(base.domains?.(parts, new Set()) ?? []),
    defineDomain({
      name: 'approval',
      typeDefs,
      resolvers: { Mutation: withParts(parts, functions) },
    }),
  ],
});

describe('a mail that only its row knows', () => {
  let server: TestServer;
  let smtp: TestSmtpServer;
  let client: ReturnType<typeof createMailClient>;
  beforeAll(async () => {
    smtp = await startSmtpServer();
    server = await startPackageServer({
      packages: [withApproval],
      now,
      environment: mailSettings(smtp.url),
    });
    client = createMailClient({ ...server, smtp });
  });
  afterAll(async () => {
    await server.stop();
    await smtp.close();
  });

  const ask = ({ accessToken: token }: Member) => server.ask('mutation { askApproval }', { token });
  const approve = (token: string) =>
    server.ask('mutation ($token: String!) { approve(token: $token) }', { variables: { token } });
  async function linkOf(member: Member): Promise<string> {
    required(await ask(member));
    return tokenOf(await client.mailTo(member.address));
  }

  it('is sent with its texts in each language, and a link of its life that works once', async () => {
    const member = await client.aMember();
    required(await ask(member));
    const mail = await client.mailTo(member.address);
    expect(mail.subject).toBe('Erlauben');
    expect(mail.text).toContain(`${member.username}: 1 Stunde`);
    expect(linksOf(mail)[0]).toMatch(/^https:\/\/www\.example\.org\/account\/approval#token=/);
    const token = tokenOf(mail);
    expect(outcomeOf(await client.run('verifyEmail', { token }))).toBe('409 CONFLICT LINK_ENDED');
    expect((await approve(token)).data).toEqual({ approve: true });
    expect(outcomeOf(await approve(token))).toBe('409 CONFLICT LINK_ENDED');
  });

  it('has the limits of its row, and its use cancels what its row says', async () => {
    const member = await client.aMember();
    const [first, second] = [await linkOf(member), await linkOf(member)];
    await linkOf(member);
    expect(outcomeOf(await ask(member))).toBe('409 CONFLICT TOO_MANY_LINKS');
    required(await approve(second));
    expect(outcomeOf(await approve(first))).toBe('409 CONFLICT LINK_ENDED');
    await linkOf(member);
    expect(outcomeOf(await ask(member))).toMatch(/RATE_LIMITED/);
  });

  it('ends with its life, and with what it is bound to', async () => {
    const [late, changed, moved] = [
      await client.aMember(),
      await client.aMember(),
      await client.aMember(),
    ];
    const tokens = [await linkOf(late), await linkOf(changed), await linkOf(moved)];
    const passwords = { currentPassword: userPassword, newPassword: otherPassword };
    const { accessToken: token } = changed;
    required(await client.run('changePassword', passwords, { token }));
    const input = { email: `other-${moved.address}` };
    await client.administer('updateUser', { id: moved.id, input });
    nowMs += 3600 * 1000;
    for (const each of tokens) {
      expect(outcomeOf(await approve(each))).toBe('409 CONFLICT LINK_ENDED');
    }
  });

  it('waits for a node that has its row, and delays no other mail', async () => {
    const queue = `INSERT INTO gatehouse_mail.outbox (id, queue, purpose, address, created_at, due_at)
      VALUES (gen_random_uuid(), 'ACCOUNT', 'constructor', 'a@example.org', '${now().toISOString()}', '${now().toISOString()}')`;
    await server.owner.database.$executeRawUnsafe(queue);
    const member = await client.aMember();
    // The queue goes on.
    await linkOf(member);
    expect(smtp.mails().filter(({ envelope }) => envelope.to.includes('a@example.org'))).toEqual(
      [],
    );
  });
});

describe('the mails of a package', () => {
  it.each([
    [[...mailPurposes, approval, approval], 'there are two mails approval'],
    [[...mailPurposes, { ...approval, name: 'reset' }], 'there are two mails reset'],
    [[{ ...approval, name: '__proto__' }], 'no name of a mail'],
    [
      [{ ...approval, texts: { ...approval.texts, en: { subject: '', body: 'no link' } } }],
      'the body needs a paragraph that is {link} alone',
    ],
  ])('stop the start when a row is wrong: %#', (rows, message) => {
    expect(() => createMailPackage(rows, {})).toThrow(message);
  });

  it('are the pages that MAIL_LINKS has to name', () => {
    const { schema } =
      createMailPackage([...mailPurposes, approval], {}).settings?.MAIL_LINKS ?? {};
    const pages = mailPurposes
      .map(({ name }) => `web.${name}=https://a.example/${name}`)
      .slice(0, 6);
    expect(schema?.safeParse(pages.join()).error?.issues[0]?.message).toBe(
      'web has no page for approval',
    );
  });
});
