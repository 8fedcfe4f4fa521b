import { expect, it } from 'vitest';
import { createPrintTransport } from '../../packages/mail/src/outbox/open-transport.ts';

it('prints a mail as plain text', async () => {
  const printed: string[] = [];
  const transport = createPrintTransport((text) => printed.push(text));
  await transport.check();
  const mail = {
    to: 'heron@example.org',
    subject: 'A new password',
    text: 'Open http://localhost:5173/account.html?reset#token',
    html: '<p>Open it</p>',
    language: 'en',
  };
  expect(await transport.send(mail, '0b0f1f6e-5f8e-4c39-9a5e-3f1d6ad1c0de')).toEqual({
    outcome: 'sent',
  });
  transport.close();
  expect(printed).toEqual([
    'Mail to heron@example.org: A new password\n\nOpen http://localhost:5173/account.html?reset#token\n',
  ]);
});
