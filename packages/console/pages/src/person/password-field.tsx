import type { ReactNode } from 'react';
import { Field } from '../parts/field.tsx';
import { Secret } from '../parts/secret.tsx';
import { type Defaults, describeRule, useDefaults } from '../use-defaults.ts';
import { makePassword } from './make-password.ts';

/** A new password of another person, named like its argument. Left empty, one is made. */
export function PasswordField({ name }: { readonly name: string }) {
  const { data, isPending } = useDefaults();
  return (
    <Field
      label="Password"
      name={name}
      type="password"
      autoComplete="new-password"
      hint={`${describeRule(isPending, data)} Left empty, one is made.`}
    />
  );
}

/** Returns the password to send, and what shows it once if it was made. */
export function readPassword(
  typed: string,
  defaults: Defaults | undefined,
): { readonly password: string; readonly result: ReactNode | undefined } {
  if (typed !== '') return { password: typed, result: undefined };
  const password = makePassword(defaults?.passwordMinLength);
  return { password, result: <Secret label="This is the new password." value={password} /> };
}
