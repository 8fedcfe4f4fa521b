import { startRegistration } from '@simplewebauthn/browser';
import { type FormEvent, useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { sendWithProof } from '../proofs/reauthentication.ts';
import { AddPasskeyDocument, BeginPasskeyDocument } from './factor-documents.ts';

interface AddPasskeyProps {
  readonly onAdded: (recoveryCodes: readonly string[]) => Promise<unknown>;
}

/** Lets the browser make a passkey, and adds it to the account. */
export function AddPasskey({ onAdded }: AddPasskeyProps) {
  const [name, setName] = useState('');

  async function add(): Promise<void> {
    const begun = await sendWithProof((given) =>
      gatehouse.fetchWithProof(BeginPasskeyDocument, given),
    );
    if (begun === undefined) return;
    const answer = await startRegistration({ optionsJSON: JSON.parse(begun.beginPasskey) });
    const { addPasskey } = await gatehouse.fetch(AddPasskeyDocument, {
      response: JSON.stringify(answer),
      name: name || 'Passkey',
    });
    setName('');
    await onAdded(addPasskey.recoveryCodes);
  }

  return (
    <form className="search passkey" onSubmit={(event: FormEvent) => event.preventDefault()}>
      <label htmlFor="passkey-name">Name of the passkey</label>
      <input
        id="passkey-name"
        value={name}
        maxLength={64}
        placeholder="Laptop"
        onChange={({ target }) => setName(target.value)}
      />
      <ActionButton onAction={add}>Add a passkey</ActionButton>
    </form>
  );
}
