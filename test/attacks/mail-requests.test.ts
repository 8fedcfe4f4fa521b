import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anAddress,
  aSender,
  createMailClient,
  type MailClient,
  operationOf,
  required,
} from '../support/mail/mail-client.ts';
import { type MailServer, mailKey, startMailServer } from '../support/mail/mail-server.ts';
import { startSmtpServer, type TestSmtpServer } from '../support/mail/smtp-server.ts';
import { isWhole } from '../support/sample.ts';

let nowMs = Date.parse('2026-05-01T12:00:00Z');
const now = () => new Date(nowMs);
const pass = (seconds: number) => {
  nowMs += seconds * 1000;
};
const login = { user: 'postmaster', password: 'kelp-anvil-thimble-77' };
let smtp: TestSmtpServer;
let server: MailServer;
let client: MailClient;
beforeAll(async () => {
  smtp = await startSmtpServer({ login });
  const environment = { TRUST_PROXY: 'loopback', LOG_LEVEL: 'trace' };
  server = await startMailServer({ now, smtp, environment });
  client = createMailClient(server);
});
afterAll(async () => {
  await server.stop();
  await smtp.close();
});

const select = (text: string, ...values: readonly string[]) =>
  server.connection.database.$queryRawUnsafe<Readonly<Record<string, unknown>>[]>(text, ...values);
const countRows = async (): Promise<number> => {
  const [row] = await select('SELECT count(*)::int AS rows FROM gatehouse_mail.outbox');
  return Number(row?.rows);
};

describe('an address', () => {
  const long = 'a'.repeat(10_000);
  it.each([
    ['a line break', 'a@example.org\r\nBcc: victim@example.org'],
    ['a line break at its end', 'a@example.org\n'],
    ['a null', 'a\u0000@example.org'],
    ['a space', ' a@example.org'],
    ['a comment', 'a(comment)@example.org'],
    ['a comment in the domain', 'a@(comment)example.org'],
    ['a quoted local part', '"a b"@example.org'],
    ['quotes alone', '"a"@example.org'],
    ['a name', 'Victim <victim@example.org>'],
    ['brackets', '<victim@example.org>'],
    ['a list', 'a@example.org,victim@example.org'],
    ['a list of another kind', 'a@example.org;victim@example.org'],
    ['a group', 'all:victim@example.org;'],
    ['a route', '@evil.example:victim@example.org'],
    ['two signs', 'a@evil.example@example.org'],
    ['a percent route', 'victim%example.org@[127.0.0.1]'],
    ['a domain literal', 'a@[127.0.0.1]'],
    ['an IP address', 'a@127.0.0.1'],
    ['letters that look alike', 'аdmin@example.org'],
    ['the sign of Kelvin', '\u212A@example.org'],
    ['a long s', 'ſ@example.org'],
    ['a full-width sign', 'a＠example.org'],
    ['a bidi mark', 'a\u202e@example.org'],
    ['a percent code in the domain', 'a@ex%61mple.org'],
    ['a path', 'a@example.org/x'],
    ['a port', 'a@example.org:25'],
    ['two dots', 'a..b@example.org'],
    ['a dot at its end', 'a@example.org.'],
    ['no local part', '@example.org'],
    ['no domain', 'a@'],
    ['10,000 characters', `${long}@example.org`],
    ['a domain of 10,000 characters', `a@${long}.org`],
    ['10,000 signs', '@'.repeat(10_000)],
    ['nothing', ''],
  ])('with %s is refused by every field, and nothing is written', async (_what, email) => {
    const { accessToken: token } = server.admin;
    const before = await countRows();
    const headers = { 'x-forwarded-for': aSender() };
    const answers = [
      await client.run('requestPasswordReset', { email }, { headers }),
      await client.run('signUp', { email }, { headers }),
      await client.run('changeEmail', { email }, { token }),
      await client.run('inviteUser', { input: { email } }, { token }),
      await client.run('updateUser', { id: server.admin.id, input: { email } }, { token }),
    ];
    for (const { code, text } of answers) {
      expect(code).toBe('BAD_USER_INPUT');
      expect(text).not.toContain('victim');
    }
    expect(await countRows()).toBe(before);
  });

  it('is compared without case, and the mail goes to the text that is stored', async () => {
    const { address } = await client.aVerified(`Vic.Tim+${anAddress()}`);
    await client.forgot(address.toUpperCase());
    expect((await client.mailTo(address)).envelope.to).toEqual([address]);
    pass(61);
    await client.forgot(address.toLowerCase());
    expect((await client.mailTo(address)).envelope.to).toEqual([address]);
  });

  it('of a domain that looks alike is another one', async () => {
    const { address } = await client.aVerified();
    await client.forgot(address.replace('example', 'exаmple'));
    const rows = () =>
      select(`SELECT outcome FROM gatehouse_mail.outbox WHERE address LIKE '%@xn--%'`);
    await expect.poll(rows).toEqual([{ outcome: 'NOTHING' }]);
  });
});

describe('a request of a stranger', () => {
  /** All bytes of an answer that are the same at any time. */
  async function bytesOf(field: 'requestPasswordReset' | 'signUp', email: string, sender: string) {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': sender },
      body: JSON.stringify({ query: operationOf(field), variables: { email } }),
    });
    const headers = [...response.headers].filter(
      ([name]) => name !== 'date' && name !== 'x-request-id',
    );
    return JSON.stringify([response.status, headers, await response.text()]);
  }

  it('has the same answer for every address, whether a mail is sent or not', async () => {
    const known = await client.aVerified();
    const disabled = await client.aVerified();
    await client.administer('disableUser', { id: disabled.id });
    const unverified = await client.aMember();
    const pending = anAddress();
    await client.askFor(await client.aMember(), pending);
    const limited = await client.aVerified();
    await client.forgot(limited.address);
    await client.signUp(limited.address);
    const addresses = [known, disabled, unverified, limited].map(({ address }) => address);
    const answers = new Set<string>();
    for (const address of [...addresses, pending, anAddress()]) {
      answers.add(await bytesOf('requestPasswordReset', address, aSender()));
      answers.add(await bytesOf('signUp', address, aSender()));
    }
    // One for each field.
    expect(answers.size).toBe(2);
    // Of the mails, those to known addresses alone are sent.
    const text = await client.mailTo(known.address);
    expect(text.subject).toMatch(/password/);
    await expect
      .poll(
        async () =>
          (await select('SELECT 1 FROM gatehouse_mail.outbox WHERE done_at IS NULL')).length,
      )
      .toBe(0);
    const outcome = async (address: string) =>
      (
        await select(
          `SELECT outcome FROM gatehouse_mail.outbox WHERE address = $1 AND queue = 'REQUEST' AND purpose = 'reset'`,
          address,
        )
      ).map((row) => row.outcome);
    expect(await outcome(known.address)).toEqual(['SENT']);
    for (const address of [disabled.address, unverified.address, pending]) {
      expect(await outcome(address)).toEqual(['NOTHING']);
    }
  });

  it.each(['forgot', 'signUp'] as const)(
    'counts for its address, known or not: one a minute and five an hour (%s)',
    async (ask) => {
      pass(3600);
      const { address: known } = await client.aVerified();
      const queued = async (address: string) =>
        (
          await select(
            `SELECT 1 FROM gatehouse_mail.outbox WHERE queue = 'REQUEST' AND address = $1`,
            address,
          )
        ).length;
      const unknown = anAddress();
      for (const address of [known, unknown]) {
        const counts = [];
        for (let minute = 0; minute < 7; minute += 1) {
          await client[ask](address);
          await client[ask](address.toUpperCase());
          counts.push(await queued(address));
          pass(61);
        }
        expect(counts).toEqual([1, 2, 3, 4, 5, 5, 5]);
        pass(3600);
        await client[ask](address);
        expect(await queued(address)).toBe(6);
      }
    },
  );

  it('counts for its sender, who then uses up nothing of other addresses', async () => {
    pass(3600);
    const before = await countRows();
    const sender = aSender();
    for (let n = 0; n < 10; n += 1) await client.signUp(anAddress(), sender);
    expect(await countRows()).toBe(before + 10);
    const victim = anAddress();
    for (let n = 0; n < 5; n += 1) {
      await client.signUp(victim, sender);
      await client.forgot(victim, sender);
    }
    expect(await countRows()).toBe(before + 10);
    await client.signUp(victim);
    expect(await countRows()).toBe(before + 11);
  });

  it('is counted for a whole network of IPv6', async () => {
    pass(3600);
    const before = await countRows();
    for (let n = 0; n < 12; n += 1) await client.signUp(anAddress(), `2001:db8:1:1::${n + 1}`);
    expect(await countRows()).toBe(before + 10);
  });

  it.runIf(isWhole)(
    'is dropped with one warning while 10,000 wait, and delays no notices',
    async () => {
      pass(3600);
      const member = await client.aVerified();
      const later = new Date(nowMs + 3_600_000).toISOString();
      await select(
        `INSERT INTO gatehouse_mail.outbox (id, queue, purpose, address, created_at, due_at)
       SELECT gen_random_uuid(), 'REQUEST', 'reset', 'n' || n || '@example.org', $1::timestamptz, $1::timestamptz
       FROM generate_series(1, 9999) AS n`,
        later,
      );
      await expect
        .poll(
          async () =>
            (await select(`SELECT 1 FROM gatehouse_mail.outbox WHERE done_at IS NULL`)).length,
        )
        .toBe(9999);
      const warnings = () =>
        server.logLines.filter((line) => line.includes('queue of requested mails is full')).length;
      await select(
        `INSERT INTO gatehouse_mail.outbox (id, queue, purpose, address, created_at, due_at)
       VALUES (gen_random_uuid(), 'REQUEST', 'reset', 'last@example.org', $1::timestamptz, $1::timestamptz)`,
        later,
      );
      const before = await countRows();
      const answers = [await client.forgot(member.address), await client.signUp(anAddress())];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect([await countRows(), warnings()]).toEqual([before, 1]);
      await client.administer('sendPasswordReset', { userId: member.id });
      expect((await client.mailTo(member.address)).subject).toMatch(/password/);
      // One is sent, another one takes its place, and the next is dropped.
      await select(`DELETE FROM gatehouse_mail.outbox WHERE address = 'last@example.org'`);
      await client.signUp(anAddress());
      await client.signUp(anAddress());
      expect(warnings()).toBe(1);
      await select(`DELETE FROM gatehouse_mail.outbox WHERE due_at = $1::timestamptz`, later);
    },
  );
});

describe('what a stranger or an inviter has chosen', () => {
  const hostile = [
    'Click https://evil.example/x or evil.example',
    '<a href="https://evil.example">x</a><script>alert(1)</script>',
    '\u202eevil\u2066 mail@evil.example',
    'Call +1 202 555 0147 now',
    '{link} {username}',
    `${'x'.repeat(150)} www.evil.example`,
  ];
  const parts = ({
    subject = '',
    text = '',
    html = '',
  }: {
    subject?: string;
    text?: string;
    html?: string | false;
  }) => ({
    subject,
    text,
    html: String(html),
  });
  const forbidden = /evil\.example|@evil|<script|href="https:\/\/evil|\p{Bidi_Control}|555|x{65}/u;

  it.each(hostile)('names an inviter in plain words alone (%#)', async (displayName) => {
    // Names of today have no control characters. Those of before may.
    const text = 'UPDATE gatehouse.users SET display_name = $1 WHERE id = $2::uuid';
    await select(text, displayName, server.admin.id);
    const address = anAddress();
    await client.administer('inviteUser', { input: { email: address } });
    const mail = parts(await client.mailTo(address));
    for (const part of Object.values(mail)) expect(part).not.toMatch(forbidden);
    expect(mail.subject).toBe('Invitation to Example');
    expect(mail.text).toMatch(/^Invited by: \S/m);
    expect(mail.text.match(/#token=/g)).toHaveLength(1);
  });

  it('describes a device in plain words alone', async () => {
    const member = await client.aVerified();
    const sent = 'Mozilla evil.example https://evil.example/<script>x</script> mail@evil.example';
    required(
      await server.ask(
        'mutation ($u: String!, $p: String!) { login(username: $u, password: $p) { user { id } } }',
        {
          variables: { u: member.username, p: 'plum-kettle-orbit-58-fern' },
          headers: { 'user-agent': sent },
        },
      ),
    );
    const mail = parts(await client.mailTo(member.address));
    expect(mail.subject).toBe('A new device logged in to your account (Example)');
    for (const part of Object.values(mail)) expect(part).not.toMatch(forbidden);
    expect(mail.text).toMatch(/^Device: Mozilla evil/m);
  });
});

describe('secrets', () => {
  it('are in no log line, and a dump of the database opens no account', async () => {
    const inviteAddress = anAddress();
    const invitation = await client.invite(inviteAddress);
    const signUpAddress = anAddress();
    await client.signUp(signUpAddress);
    const signUp = await client.tokenTo(signUpAddress);
    const member = await client.aVerified();
    const reset = await client.resetTo(member);
    await client.move(member, anAddress());
    const undo = await client.tokenTo(member.address);
    const pending = await client.askFor(member, anAddress());
    const claims = await client.aMember();
    required(await client.run('requestEmailVerification', {}, { token: claims.accessToken }));
    const verification = await client.tokenTo(claims.address);
    const tokens = [invitation, signUp, reset, undo, pending, verification];

    const values = new Set<string>();
    const tables = await select(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'gatehouse_mail'`,
    );
    expect(tables.length).toBeGreaterThan(5);
    for (const { name } of tables) {
      for (const { row } of await select(
        `SELECT row_to_json(each)::text AS row FROM gatehouse_mail.${name} AS each`,
      )) {
        const found: unknown = JSON.parse(String(row));
        for (const value of Object.values(Object(found))) values.add(String(value));
      }
    }
    const dump = [...values].join('\n');
    for (const secret of [...tokens, mailKey, login.password, 'Follow the link', '#token=']) {
      expect(dump).not.toContain(secret);
    }
    // Bytes are `\x` and hexadecimal. Other texts of that many characters have no place in it.
    const candidates = new Set(
      [...values].flatMap((value) => {
        const hex = value.startsWith('\\x') ? value.slice(2) : undefined;
        const sha = createHash('sha256').update(value);
        return [
          value,
          sha.digest('base64url'),
          ...(hex === undefined ? [] : [Buffer.from(hex, 'hex').toString('base64url')]),
        ];
      }),
    );
    const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
    expect([...candidates].filter((token) => values.has(`\\x${hashOf(token)}`))).toEqual([]);
    expect(tokens.filter((token) => values.has(`\\x${hashOf(token)}`))).toEqual(tokens);
    const ofForm = [...candidates].filter((text) => /^[\w-]{43}$/.test(text));
    expect(ofForm.length).toBeGreaterThan(40);
    for (const token of ofForm.slice(-40)) {
      const answers = [
        await client.run('verifyEmail', { token }),
        await client.run('confirmEmail', { token }),
        await client.run('undoEmailChange', { token }),
        await client.reset(token),
        await client.accept(token),
        await client.complete(token),
      ];
      expect(answers.map(({ reason }) => reason)).toEqual(Array(6).fill('LINK_ENDED'));
    }

    for (const token of tokens) await client.reset(token);
    server.smtp.misbehave({ recipients: { [claims.address]: 550 } });
    required(await client.run('requestEmailVerification', {}, { token: claims.accessToken }));
    await expect
      .poll(() => server.logLines.some((line) => line.includes('gave up a mail')))
      .toBe(true);
    const log = server.logLines.join('\n');
    const addresses = [inviteAddress, signUpAddress, member.address, claims.address];
    for (const secret of [...tokens, ...addresses, mailKey, login.password, 'secret words']) {
      expect(log).not.toContain(secret);
    }
  });
});
