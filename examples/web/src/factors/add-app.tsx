import { useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import type { EnrolOtpMutation } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { codeField } from '../proofs/factor-form.tsx';
import { ProofForm } from '../proofs/proof-form.tsx';
import { sendWithProof } from '../proofs/reauthentication.ts';
import { ConfirmOtpDocument, EnrolOtpDocument } from './factor-documents.ts';

interface AddAppProps {
  readonly onAdded: (recoveryCodes: readonly string[]) => Promise<unknown>;
}

/** Shows the secret for an authenticator app as a QR code and as text, and asks for the first code. */
export function AddApp({ onAdded }: AddAppProps) {
  const [enrolment, setEnrolment] = useState<EnrolOtpMutation['enrolOtp']>();

  async function begin(): Promise<void> {
    const begun = await sendWithProof((given) => gatehouse.fetchWithProof(EnrolOtpDocument, given));
    setEnrolment(begun?.enrolOtp);
  }

  async function confirm(code: string, { enrolment: sent }: { readonly enrolment: string }) {
    const name = 'Authenticator app';
    const { confirmOtp } = await gatehouse.fetch(ConfirmOtpDocument, {
      enrolment: sent,
      code: code.replace(' ', ''),
      name,
    });
    setEnrolment(undefined);
    await onAdded(confirmOtp.recoveryCodes);
  }

  if (enrolment === undefined) {
    return <ActionButton onAction={begin}>Add an authenticator app</ActionButton>;
  }
  return (
    <section className="panel" aria-labelledby="add-app">
      <h3 id="add-app">Add an authenticator app</h3>
      <p>Scan this image with the app, or type the key. Then type the code that the app shows.</p>
      <img
        className="qr-code"
        src={`data:image/svg+xml,${encodeURIComponent(enrolment.qrCode)}`}
        alt="QR code with the key below"
      />
      <p>
        Key: <code>{enrolment.secret}</code>
      </p>
      <ProofForm
        field={codeField}
        action="Add the app"
        onProof={(code) => confirm(code, enrolment)}
      />
      <button type="button" onClick={() => setEnrolment(undefined)}>
        Cancel
      </button>
    </section>
  );
}
