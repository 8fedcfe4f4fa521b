import { startAuthentication } from '@simplewebauthn/browser';
import { gatehouse } from '../gatehouse.ts';
import { PasskeyOptionsDocument } from './log-in-documents.ts';

interface AskPasskeyOptions {
  /** The challenge of a factor that is due. Absent: a log-in without a username. */
  readonly challenge?: string;
  /** Whether the browser offers passkeys in the field for the username, in place of a dialog. */
  readonly isAutofill?: boolean;
}

/** Asks for a passkey, and returns its proof with the challenge to send it with. Rejects when the user cancels. */
export async function askPasskey({ challenge, isAutofill = false }: AskPasskeyOptions) {
  const { passkeyOptions } = await gatehouse.fetch(
    PasskeyOptionsDocument,
    challenge === undefined ? {} : { challenge },
  );
  const answer = await startAuthentication({
    optionsJSON: JSON.parse(passkeyOptions.options),
    useBrowserAutofill: isAutofill,
  });
  return { challenge: passkeyOptions.challenge, proof: { passkey: JSON.stringify(answer) } };
}
