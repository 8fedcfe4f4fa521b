import { describe, expect, it } from 'vitest';
import { mailUrlSetting, senderSetting } from '../../packages/mail/src/outbox/mail-url.ts';

describe('MAIL_URL', () => {
  it.each([
    ['smtps://smtp.example.org', { host: 'smtp.example.org', port: 465, security: 'tls' }],
    ['smtps://smtp.example.org:2465/', { host: 'smtp.example.org', port: 2465, security: 'tls' }],
    ['smtp://smtp.example.org', { host: 'smtp.example.org', port: 587, security: 'starttls' }],
    ['smtp://192.0.2.7:25', { host: '192.0.2.7', port: 25, security: 'starttls' }],
    ['smtp://[2001:db8::7]', { host: '2001:db8::7', port: 587, security: 'starttls' }],
    ['smtp://127.example.org', { host: '127.example.org', port: 587, security: 'starttls' }],
    ['smtp://localhost:1025', { host: 'localhost', port: 1025, security: 'starttls-if-offered' }],
    ['smtp://127.0.0.2:25', { host: '127.0.0.2', port: 25, security: 'starttls-if-offered' }],
    ['smtp://[::1]:25', { host: '::1', port: 25, security: 'starttls-if-offered' }],
    ['smtps://localhost', { host: 'localhost', port: 465, security: 'tls' }],
  ])('may be %s', (text, place) => {
    expect(mailUrlSetting.parse(text)).toEqual({ ...place, login: undefined });
  });

  it('has a user and a password, which are percent-decoded', () => {
    const { login } = mailUrlSetting.parse('smtps://heron%40example.org:a%2Fb%3A%25%C3%A4@host');
    expect(login).toEqual({ user: 'heron@example.org', password: 'a/b:%ä' });
  });

  it.each([
    '',
    'smtp.example.org',
    'https://smtp.example.org',
    'SMTP://smtp.example.org',
    'smtps://',
    'smtps://user@host',
    'smtps://:heron-secret@host',
    'smtps://user:@host',
    'smtps://user:heron-secret@',
    'smtps://user:heron/secret@host',
    'smtps://user:heron?secret@host',
    'smtps://user:heron#secret@host',
    'smtps://user:heron@secret@host',
    'smtps://user:heron:secret@host',
    'smtps://user:heron%secret@host',
    'smtps://user:heron%0d%0asecret@host',
    'smtps://user:heron%00secret@host',
    'smtps://user:heron%E4secret@host',
    'smtps://user:heron secret@host',
    'smtps://user:heron-secret@host:0',
    'smtps://user:heron-secret@host:65536',
    'smtps://user:heron-secret@host:smtp',
    'smtps://user:heron-secret@host/path',
    'smtps://user:heron-secret@host?tls.rejectUnauthorized=false',
    'smtps://user:heron-secret@host#fragment',
    'smtps://user:heron-secret@host,other',
    'smtps://user:heron-secret@[host]',
    'smtps://user:heron-secret@999.0.0.1',
    'smtps://user:heron-secret@host\n',
  ])('may not be %j, and the message does not repeat it', (text) => {
    const { error } = mailUrlSetting.safeParse(text.replace('host', 'heron-secret-host'));
    expect(error?.issues).toHaveLength(1);
    expect(JSON.stringify(error?.issues)).not.toMatch(/heron|secret/);
  });
});

describe('MAIL_FROM', () => {
  it.each(['accounts@example.org', 'no-reply+a.b_c@mail.Example.org', 'root@localhost'])(
    'may be %s',
    (text) => {
      expect(senderSetting.parse(text)).toBe(text);
    },
  );

  it.each([
    '',
    'accounts',
    'Accounts <accounts@example.org>',
    'accounts@example.org,other@example.org',
    'accounts@example.org\r\nBcc: other@example.org',
    '"accounts"@example.org',
    'a..b@example.org',
    '.a@example.org',
    'accounts@-example.org',
    'accounts@example..org',
    'accounts@exämple.org',
    'accounts@[192.0.2.7]',
    `${'a'.repeat(65)}@example.org`,
    `a@${'example.'.repeat(40)}org`,
  ])('may not be %j', (text) => {
    expect(senderSetting.safeParse(text).success).toBe(false);
  });
});
