import type { ReactNode } from 'react';
import { Field } from '../parts/field.tsx';
import { Secret } from '../parts/secret.tsx';
import { makePassword } from './make-password.ts';

const name = 'new-password';

/** A new password of another person. Left empty, one is made. */
export const PasswordField = () => (
  <Field
    label="Password"
    name={name}
    type="password"
    autoComplete="new-password"
    hint="Left empty, one is made and shown once."
  />
);

/** Returns the password to send, and what shows it if it was made. */
export function readPassword(read: (name: string) => string): {
  readonly password: string;
  readonly result: ReactNode | undefined;
} {
  const typed = read(name);
  if (typed !== '') return { password: typed, result: undefined };
  const password = makePassword();
  return { password, result: <Secret label="This is the new password." value={password} /> };
}
