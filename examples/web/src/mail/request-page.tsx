import type { TypedDocument } from '@graphql-gatehouse/client';
import { useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import type { SignUpMutationVariables } from '../generated/graphql.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { Page } from '../parts/page.tsx';
import { RequestPasswordResetDocument, SignUpDocument } from './mail-documents.ts';

/** What an anonymous viewer can ask for by a mail. */
export type Requested = 'forgotten' | 'sign-up';

/** Asks for a mail to an address. What follows is the same for every address, like the answer of the server. */
export function RequestPage({ requested }: { readonly requested: Requested }) {
  const { document, title, text, answer } = requests[requested];
  const [email, setEmail] = useState<string>();

  async function send(read: (name: string) => string): Promise<void> {
    const address = read('email').trim();
    await gatehouse.fetch(document, { email: address, locale: navigator.language });
    setEmail(address);
  }

  if (email !== undefined) {
    return (
      <Page title="Look into your mailbox">
        <p>{answer(email)}</p>
        <p>
          Nothing has come? Wait a minute, look among the unwanted mails, and then{' '}
          <button type="button" className="link" onClick={() => setEmail(undefined)}>
            ask again
          </button>
          .
        </p>
        <BackToLogIn />
      </Page>
    );
  }
  return (
    <Page title={title}>
      <p>{text}</p>
      <Form action="Send the mail" onSend={send}>
        <Field name="email" label="Email address" type="email" autoComplete="email" required />
      </Form>
      <BackToLogIn />
    </Page>
  );
}

const BackToLogIn = () => (
  <p>
    <a href="#/rooms">Back to the login page</a>
  </p>
);

interface MailRequest {
  readonly document: TypedDocument<unknown, SignUpMutationVariables>;
  readonly title: string;
  readonly text: string;
  readonly answer: (email: string) => string;
}

const requests: Readonly<Record<Requested, MailRequest>> = {
  forgotten: {
    document: RequestPasswordResetDocument,
    title: 'Forgotten password',
    text: 'A mail with a link lets you choose another password. Give the address that your account has confirmed.',
    answer: (email: string) =>
      `If an account has confirmed the address ${email}, a mail with a link to a new password is on its way.`,
  },
  'sign-up': {
    document: SignUpDocument,
    title: 'Create an account',
    text: 'A mail with a link lets you choose a username and a password.',
    answer: (email: string) =>
      `If mails to ${email} arrive, one that says how to continue is on its way.`,
  },
};
