import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailServer, startMailServer, tokenOf } from '../support/mail/mail-server.ts';
import { userPassword } from '../support/test-server.ts';

describe('a forgotten password', () => {
  let now = new Date('2027-01-01T12:00:00Z');
  let server: MailServer;
  beforeAll(async () => {
    server = await startMailServer({ now: () => now });
  });
  afterAll(() => server.stop());

  it('works', async () => {
    const user = await server.aUser('STAFF');
    const a = await server.ask('mutation ($id: ID!) { updateUser(id: $id, input: { email: "Ada@Example.org" }) { email } }', { token: user.accessToken, variables: { id: user.id } });
    console.log(a.text);
    console.log((await server.ask('mutation { requestEmailVerification }', { token: user.accessToken })).text);
    const mail = await server.smtp.next();
    console.log(mail.raw);
    console.log((await server.ask('mutation ($t: String!) { verifyEmail(token: $t) }', { variables: { t: tokenOf(mail) } })).text);
    now = new Date(now.getTime() + 60_000);
    console.log((await server.ask('mutation { requestPasswordReset(email: "ada@example.org", locale: "de") }')).text);
    const reset = await server.smtp.next();
    console.log(reset.text);
    console.log((await server.ask('mutation ($t: String!) { resetPasswordByMail(token: $t, newPassword: "nine-copper-lanterns-44") }', { variables: { t: tokenOf(reset) } })).text);
    const n = await server.smtp.next();
    console.log(n.text);
    console.log(server.logLines.join(''));
  });
});
