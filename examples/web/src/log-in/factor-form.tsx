import type { DueFactors, Proof } from '@graphql-gatehouse/client';
import { useEffect, useRef, useState } from 'react';
import { ActionButton } from '../parts/action-button.tsx';
import { askPasskey } from './ask-passkey.ts';
import { ProofForm } from './proof-form.tsx';

interface FactorFormProps {
  readonly due: DueFactors;
  readonly onProof: (proof: Proof, challenge: string) => Promise<void>;
}

/** Asks for a second factor: a code of an authenticator app, a recovery code, or a passkey. */
export function FactorForm({ due, onProof }: FactorFormProps) {
  const kinds = due.factors.flatMap((factor) => fields[factor] ?? []);
  const hasPasskey = due.factors.some((factor) => factor.startsWith('PASSKEY'));
  // With a passkey alone, a recovery code is for those who have lost it: no field is shown until one is chosen.
  const [chosen, setChosen] = useState(hasPasskey && !due.factors.includes('OTP') ? -1 : 0);
  const field = kinds[chosen];
  const other = kinds[(chosen + 1) % kinds.length];
  const container = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (field !== undefined) container.current?.querySelector('input')?.focus();
  }, [field]);

  async function provePasskey(): Promise<void> {
    const { proof, challenge } = await askPasskey({ challenge: due.challenge });
    await onProof(proof, challenge);
  }

  return (
    <div ref={container} className="factors">
      {field !== undefined && (
        <ProofForm
          key={field.name}
          field={field}
          onProof={(value) => onProof({ [field.name]: value }, due.challenge)}
        />
      )}
      {hasPasskey && <ActionButton onAction={provePasskey}>Use a passkey</ActionButton>}
      {other !== undefined && other !== field && (
        <button type="button" onClick={() => setChosen((chosen + 1) % kinds.length)}>
          {other.choice}
        </button>
      )}
    </div>
  );
}

const fields: Readonly<Record<string, ProofField>> = {
  OTP: {
    name: 'otp',
    label: 'Code of your authenticator app',
    choice: 'Use the authenticator app',
    input: { inputMode: 'numeric', autoComplete: 'one-time-code', pattern: '[0-9 ]{6,7}' },
  },
  RECOVERY_CODE: {
    name: 'recoveryCode',
    label: 'Recovery code',
    choice: 'Use a recovery code',
    input: { autoComplete: 'off', spellCheck: false },
  },
};

/** A field of a form for one proof. */
export interface ProofField {
  /** The field of the input `Proof`. */
  readonly name: string;
  readonly label: string;
  /** The button that chooses it. */
  readonly choice: string;
  readonly input: React.ComponentProps<'input'>;
}
