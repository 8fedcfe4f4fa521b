import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { OutgoingMail, Sending } from '../../packages/mail/src/outbox/mail.ts';
import { mailUrlSetting } from '../../packages/mail/src/outbox/mail-url.ts';
import {
  createSmtpTransport,
  type SmtpOptions,
} from '../../packages/mail/src/outbox/smtp-transport.ts';
import {
  type SmtpMisbehaviour,
  type SmtpServerOptions,
  startSmtpServer,
  type TestSmtpServer,
} from '../support/mail/smtp-server.ts';
import { createCertificate, hasOpenssl } from '../support/tls-proxy.ts';

const mail: OutgoingMail = {
  to: 'heron@example.org',
  subject: 'Choose a new password – Teichhühner',
  text: 'Open this page:\n\nhttps://www.example.org/account/reset#token\n',
  html: '<p>Open <a href="https://www.example.org/account/reset#token">this page</a></p>',
  language: 'de',
};
const id = '0b0f1f6e-5f8e-4c39-9a5e-3f1d6ad1c0de';

const timeouts = { connection: 10_000, greeting: 10_000, socket: 30_000, attempt: 40_000 };

function transportTo(url: string, options: Partial<SmtpOptions> = {}) {
  const transport = createSmtpTransport({
    url: mailUrlSetting.parse(url),
    from: 'accounts@example.com',
    site: 'Bird, Watch',
    ...options,
  });
  onTestFinished(() => transport.close());
  return transport;
}

let server: TestSmtpServer;
const restart = async (options: SmtpServerOptions) => {
  await server.close();
  server = await startSmtpServer(options);
};
beforeEach(async () => {
  server = await startSmtpServer();
});
afterEach(() => server.close());

describe('a mail over SMTP', () => {
  it('has one recipient, its texts, and headers that prevent automatic answers', async () => {
    expect(await transportTo(server.url).send(mail, id)).toEqual({ outcome: 'sent' });
    const received = await server.next();
    expect(received.envelope).toEqual({ from: 'accounts@example.com', to: ['heron@example.org'] });
    expect(received).toMatchObject({
      from: { value: [{ name: 'Bird, Watch', address: 'accounts@example.com' }] },
      to: { value: [{ name: '', address: 'heron@example.org' }] },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: `<${id}@example.com>`,
      attachments: [],
    });
    expect(received.headers.get('auto-submitted')).toBe('auto-generated');
    expect(received.headers.get('x-auto-response-suppress')).toBe('All');
    expect(received.headers.get('content-language')).toBe('de');
    expect(received.date).toBeInstanceOf(Date);
  });

  it('arrives whole when its text has what ends a mail in SMTP', async () => {
    const parts = ['\n.\n', '\r\n.\r\n', '\r.\r', '\n.\r\n', '\r\n.\n', '\r.\n'];
    const text = parts.map((part) => `a${part}MAIL FROM:<other@example.org>${part}DATA`).join('');
    await transportTo(server.url).send({ ...mail, text }, id);
    const received = await server.next();
    const breaks = /[\r\n]+/g;
    expect(received.text?.replaceAll(breaks, '|')).toBe(text.replaceAll(breaks, '|'));
    expect(server.mails()).toHaveLength(1);
  });

  it('is the same message at every attempt', async () => {
    const transport = transportTo(server.url);
    for (const _attempt of [1, 2]) await transport.send(mail, id);
    const [first, second] = server.mails();
    expect(first?.messageId).toBe(second?.messageId);
  });

  it('uses the connection of the mail before', async () => {
    const transport = transportTo(server.url);
    for (const _mail of [1, 2, 3]) await transport.send(mail, id);
    expect(server.mails()).toHaveLength(3);
    expect(server.connections()).toBe(1);
  });

  it('is sent on a new connection when the server has closed the kept one', async () => {
    const transport = transportTo(server.url);
    await transport.send(mail, id);
    await server.goAway();
    await server.comeBack();
    expect(await transport.send(mail, id)).toEqual({ outcome: 'sent' });
  });

  it('does not read files and URLs, and has no header from a line break in its subject', async () => {
    const odd = {
      ...mail,
      subject: 'One\r\nBcc: other@example.org\r\n\r\nTwo',
      text: '/etc/passwd',
    };
    await transportTo(server.url).send(odd, id);
    const { envelope, headers, text } = await server.next();
    expect(envelope.to).toEqual(['heron@example.org']);
    expect(headers.has('bcc')).toBe(false);
    expect(text).toBe('/etc/passwd');
  });

  it.each([
    'heron@example.org\r\nRCPT TO:<other@example.org>',
    'heron@example.org\nBcc: other@example.org',
    'heron@example.org, other@example.org',
    'heron@example.org;other@example.org',
    'heron@example.org other@example.org',
    'Heron <heron@example.org>',
    '<heron@example.org>',
    '"heron@example.org, other"@example.org',
    'heron(comment)@example.org',
    'birds: heron@example.org, other@example.org;',
    'heron@[127.0.0.1]',
    'heron@other@example.org',
    'heron@exämple.org',
    'ｈeron@example.org',
    'heron@example.org\u0000',
    `${'a'.repeat(10_000)}@example.org`,
    'heron',
    '@example.org',
    '',
  ])('is refused for what is not one plain address: %j', async (to) => {
    const sending = await transportTo(server.url).send({ ...mail, to }, id);
    expect(sending).toEqual({ outcome: 'refused', code: 'EADDRESS' });
    expect(server.connections()).toBe(0);
  });
});

const failed = (
  code: string | RegExp,
  facts: { mayHaveArrived?: true; isServer?: true } = {},
): Sending => ({
  outcome: 'failed',
  code: typeof code === 'string' ? code : expect.stringMatching(code),
  mayHaveArrived: false,
  isServer: false,
  ...facts,
});

/** It depends on what the client was doing. */
const closed = /^(ECONNECTION|ESOCKET ECONNRESET|ESOCKET EPIPE)$/;

const bad: readonly (readonly [string, SmtpMisbehaviour, Sending])[] = [
  ['greets with 421', { greeting: 421 }, failed('EPROTOCOL 421', { isServer: true })],
  ['greets with 554', { greeting: 554 }, failed('EPROTOCOL 554', { isServer: true })],
  ['refuses the sender', { sender: 550 }, failed('EENVELOPE 550', { isServer: true })],
  [
    'refuses the recipient',
    { recipients: { [mail.to]: 550 } },
    { outcome: 'refused', code: 'EENVELOPE 550' },
  ],
  [
    'refuses the recipient for the moment',
    { recipients: { [mail.to]: 451 } },
    failed('EENVELOPE 451'),
  ],
  [
    'ends its service at the recipient',
    { recipients: { [mail.to]: 421 } },
    failed(/^(EENVELOPE|ECONNECTION) 421$/, { isServer: true }),
  ],
  [
    'asks for a login at the recipient',
    { recipients: { [mail.to]: 530 } },
    failed('EENVELOPE 530', { isServer: true }),
  ],
  ['refuses the text', { text: 554 }, { outcome: 'refused', code: 'EMESSAGE 554' }],
  ['refuses the text for the moment', { text: 451 }, failed('EMESSAGE 451')],
  ['ends its service after the text', { text: 421 }, failed('EMESSAGE 421', { isServer: true })],
  [
    'closes in the middle of the text',
    { text: 'closes in the middle' },
    failed(closed, { isServer: true, mayHaveArrived: true }),
  ],
  [
    'closes before the reply to the text',
    { text: 'closes before the reply' },
    failed(closed, { isServer: true, mayHaveArrived: true }),
  ],
];

describe.each([true, false])('with pipelining: %s, a server that', (hasPipelining) => {
  beforeEach(() => restart({ hasPipelining }));

  it.each(bad)('%s has a clear outcome, and gets the next mail', async (_title, how, outcome) => {
    const transport = transportTo(server.url);
    server.misbehave(how);
    const long = { ...mail, text: mail.text.repeat(2_000) };
    expect(await transport.send(long, id)).toEqual(outcome);
    server.misbehave();
    expect(await transport.send(mail, id)).toEqual({ outcome: 'sent' });
  });

  it.each(bad)('%s does so on a kept connection too', async (_title, how, outcome) => {
    const transport = transportTo(server.url);
    await transport.send(mail, id);
    server.misbehave(how);
    const expected: Sending = how.greeting === undefined ? outcome : { outcome: 'sent' };
    expect(await transport.send(mail, id)).toEqual(expected);
    const isKept = expected.outcome === 'sent' || how.text === 'closes before the reply';
    expect(server.mails()).toHaveLength(isKept ? 2 : 1);
  });
});

describe('an SMTP server', () => {
  it('that is away fails the attempt, and gets the mail when it is back', async () => {
    const transport = transportTo(server.url);
    await server.goAway();
    expect(await transport.send(mail, id)).toEqual(
      failed('ESOCKET ECONNREFUSED', { isServer: true }),
    );
    await expect(transport.check()).rejects.toThrow(
      'The mail server is unavailable: ESOCKET ECONNREFUSED.',
    );
    await server.comeBack();
    await transport.check();
    expect(await transport.send(mail, id)).toEqual({ outcome: 'sent' });
  });

  it.each([
    ['does not greet', { ...timeouts, greeting: 50 }, 'ETIMEDOUT'],
    ['takes longer than an attempt may take', { ...timeouts, attempt: 50 }, 'EABORT'],
  ])('that %s fails the attempt', async (_title, limits, code) => {
    const transport = transportTo(server.url, { timeouts: limits });
    server.misbehave({ isSilent: true });
    expect(await transport.send(mail, id)).toEqual(failed(code, { isServer: true }));
  });

  it('gets the username and the password with all their characters', async () => {
    await restart({ login: { user: 'heron@example.org', password: 'p/ä?#:@%' } });
    const transport = transportTo(server.url);
    await transport.check();
    expect(await transport.send(mail, id)).toEqual({ outcome: 'sent' });
  });

  it('that refuses the login fails the attempt, without the password in the error', async () => {
    await restart({ login: { user: 'heron', password: 'right' } });
    const transport = transportTo(server.url.replace('right', 'heron-secret-71'));
    expect(await transport.send(mail, id)).toEqual(failed('EAUTH 535', { isServer: true }));
    await expect(transport.check()).rejects.toThrow(/: EAUTH 535\.$/);
  });

  it('that offers no login gets no mail when one is configured', async () => {
    const transport = transportTo(server.url.replace('//', '//heron:heron-secret-71@'));
    expect(await transport.send(mail, id)).toMatchObject({ outcome: 'failed', isServer: true });
    expect(server.mails()).toEqual([]);
  });

  it('on this machine is used with TLS if it offers it', async () => {
    await restart({ security: 'starttls' });
    await transportTo(server.url).send(mail, id);
    expect(await server.next()).toMatchObject({ isEncrypted: true });
  });

  it.each([
    ['has TLS and a certificate that nothing trusts', 'tls', 'smtps://localhost'],
    ['has STARTTLS and a certificate that nothing trusts', 'starttls', 'smtp://0.0.0.0'],
    ['does not offer STARTTLS', undefined, 'smtp://0.0.0.0'],
  ] as const)('that %s gets no mail', async (_title, security, url) => {
    await restart(security === undefined ? {} : { security });
    const sending = await transportTo(`${url}:${server.port}`).send(mail, id);
    expect(sending).toMatchObject({ outcome: 'failed', isServer: true, mayHaveArrived: false });
    expect(server.mails()).toEqual([]);
  });

  it.runIf(hasOpenssl()).each([
    ['tls', 'smtps://localhost'],
    ['starttls', 'smtp://0.0.0.0'],
  ] as const)('with a trusted certificate gets mails by %s', async (security, url) => {
    const certificate = await createCertificate('DNS:localhost,IP:0.0.0.0');
    await restart({ security, certificate });
    const transport = transportTo(`${url}:${server.port}`, { authorities: `${certificate.cert}` });
    expect(await transport.send(mail, id)).toEqual({ outcome: 'sent' });
    expect(await server.next()).toMatchObject({ isEncrypted: true });
  });

  it.runIf(hasOpenssl())('with the certificate of another name gets no mail', async () => {
    const certificate = await createCertificate('DNS:other.example.org');
    await restart({ security: 'tls', certificate });
    const transport = transportTo(`smtps://localhost:${server.port}`, {
      authorities: `${certificate.cert}`,
    });
    expect(await transport.send(mail, id)).toEqual(
      failed('ESOCKET ERR_TLS_CERT_ALTNAME_INVALID', { isServer: true }),
    );
  });
});
