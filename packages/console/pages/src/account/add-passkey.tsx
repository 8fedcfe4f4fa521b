import { startRegistration } from '@simplewebauthn/browser';
import { fetchData } from '../fetch-data.ts';
import { gatehouse } from '../gatehouse.ts';
import { Button } from '../parts/button.tsx';
import { sendWithProof } from '../session/question.ts';
import { AddPasskeyDocument, BeginPasskeyDocument } from './account-documents.ts';

interface AddPasskeyProps {
  readonly onAdded: (recoveryCodes: readonly string[]) => Promise<void>;
}

/** Lets the browser make a passkey, and adds it to the account. */
export function AddPasskey({ onAdded }: AddPasskeyProps) {
  async function add(): Promise<void> {
    const begun = await sendWithProof((given) =>
      gatehouse.fetchWithProof(BeginPasskeyDocument, given),
    );
    if (begun === undefined) return;
    const answer = await startRegistration({ optionsJSON: JSON.parse(begun.beginPasskey) });
    const { addPasskey } = await fetchData(AddPasskeyDocument, {
      response: JSON.stringify(answer),
      name: 'Passkey',
    });
    await onAdded(addPasskey.recoveryCodes);
  }

  return <Button onAction={add}>Add a passkey</Button>;
}
