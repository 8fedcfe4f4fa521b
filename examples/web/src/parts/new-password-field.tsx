import { useState } from 'react';
import { Field } from './field.tsx';

interface NewPasswordFieldProps {
  readonly name: string;
  readonly label: string;
}

/** A field for a new password, which can be shown. The server checks it. */
export function NewPasswordField({ name, label }: NewPasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <>
      <Field
        name={name}
        label={label}
        hint="Long and hard to guess, such as four or five words."
        type={isShown ? 'text' : 'password'}
        autoComplete="new-password"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <label className="choice">
        <input
          type="checkbox"
          checked={isShown}
          onChange={({ target }) => setIsShown(target.checked)}
        />{' '}
        Show the password
      </label>
    </>
  );
}
