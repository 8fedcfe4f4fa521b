import type { DueFactors, Proof } from '@graphql-gatehouse/client';
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { askPasskey } from './ask-passkey.ts';
import { type ProofField, ProofForm } from './proof-form.tsx';

/** A code of an authenticator app. */
export const codeField: ProofField = {
  name: 'otp',
  label: 'Code of the authenticator app',
  input: { inputMode: 'numeric', autoComplete: 'one-time-code', pattern: '[0-9 ]{6,7}' },
};

/** The second factors that are typed. */
const fields: ReadonlyMap<string, ProofField & { readonly choice: string }> = new Map([
  ['OTP', { ...codeField, choice: 'Use the authenticator app' }],
  [
    'RECOVERY_CODE',
    {
      name: 'recoveryCode',
      label: 'Recovery code',
      choice: 'Use a recovery code',
      input: { autoComplete: 'off', spellCheck: false },
    },
  ],
]);

interface FactorFormProps {
  readonly due: DueFactors;
  readonly action: string;
  readonly onProof: (proof: Proof, challenge: string) => Promise<void>;
}

/** Asks for one of the second factors that are due. */
export function FactorForm({ due, action, onProof }: FactorFormProps) {
  const typed = due.factors.flatMap((factor) => fields.get(factor) ?? []);
  const hasPasskey = due.factors.some((factor) => factor.startsWith('PASSKEY'));
  // A recovery code is for those who have lost what they use.
  const hasOnlyPasskey = hasPasskey && !due.factors.includes('OTP');
  const [chosen, setChosen] = useState(hasOnlyPasskey ? undefined : typed[0]);

  async function provePasskey(): Promise<void> {
    const { proof, challenge } = await askPasskey(due.challenge);
    await onProof(proof, challenge);
  }

  return (
    <div className="stack">
      {chosen !== undefined && (
        <ProofForm
          key={chosen.name}
          field={chosen}
          action={action}
          onProof={(value) => onProof({ [chosen.name]: value }, due.challenge)}
        />
      )}
      {hasPasskey && (
        <Button onAction={provePasskey} kind={chosen === undefined ? 'main' : undefined}>
          Use a passkey
        </Button>
      )}
      {typed
        .filter((field) => field !== chosen)
        .map((field) => (
          <button type="button" key={field.name} onClick={() => setChosen(field)}>
            {field.choice}
          </button>
        ))}
    </div>
  );
}
