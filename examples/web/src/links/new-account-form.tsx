import type { TypedDocument } from '@graphql-gatehouse/client';
import { gatehouse } from '../gatehouse.ts';
import type { CompleteSignUpMutationVariables } from '../generated/graphql.ts';
import { Field } from '../parts/field.tsx';
import { Form } from '../parts/form.tsx';
import { NewPasswordField } from '../parts/new-password-field.tsx';
import type { OpenLink } from './open-link.ts';

interface NewAccountFormProps {
  readonly link: OpenLink;
  readonly document: TypedDocument<unknown, CompleteSignUpMutationVariables>;
  /** Called with the username of the new account. */
  readonly onCreated: (username: string) => void;
  readonly onError?: (error: unknown) => void;
}

/** Asks for what a new account needs. Its address is the one that the mail went to. */
export function NewAccountForm({ link, document, onCreated, onError }: NewAccountFormProps) {
  async function create(read: (name: string) => string): Promise<void> {
    const { token, spend } = link;
    const [username, displayName] = [read('username').trim(), read('displayName').trim()];
    const chosen = { token, username, password: read('password') };
    const variables = displayName === '' ? chosen : { ...chosen, displayName };
    try {
      await spend(gatehouse.fetch(document, variables));
    } catch (error) {
      onError?.(error);
      throw error;
    }
    onCreated(username);
  }

  return (
    <Form action="Create the account" onSend={create}>
      <Field name="username" label="Username" autoComplete="username" required />
      <Field
        name="displayName"
        label="Your name (optional)"
        hint="Shown to others in place of the username."
        autoComplete="name"
      />
      <NewPasswordField name="password" label="Password" />
    </Form>
  );
}
