import { useState } from 'react';
import { fetchData } from '../fetch-data.ts';
import { gatehouse } from '../gatehouse.ts';
import type { EnrolOtpMutation } from '../generated/graphql.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { codeField } from '../session/factor-form.tsx';
import { ProofForm } from '../session/proof-form.tsx';
import { sendWithProof } from '../session/question.ts';
import { ConfirmOtpDocument, EnrolOtpDocument } from './account-documents.ts';

interface AddAppProps {
  readonly onAdded: (recoveryCodes: readonly string[]) => Promise<void>;
}

/** Shows the secret for an authenticator app as a QR code and as text, and asks for the first code. */
export function AddApp({ onAdded }: AddAppProps) {
  const [begun, setBegun] = useState<EnrolOtpMutation['enrolOtp']>();
  const close = () => setBegun(undefined);

  async function begin(): Promise<void> {
    const answer = await sendWithProof((given) =>
      gatehouse.fetchWithProof(EnrolOtpDocument, given),
    );
    setBegun(answer?.enrolOtp);
  }

  async function confirm(code: string, enrolment: string): Promise<void> {
    const { confirmOtp } = await fetchData(ConfirmOtpDocument, {
      enrolment,
      code,
      name: 'Authenticator app',
    });
    close();
    await onAdded(confirmOtp.recoveryCodes);
  }

  return (
    <>
      <Button onAction={begin}>Add an authenticator app</Button>
      {begun !== undefined && (
        <Dialog title="Add an authenticator app" onClose={close}>
          <p>
            Scan this image with the app, or type the key. Then type the code that the app shows.
          </p>
          <img
            className="qr-code"
            src={`data:image/svg+xml,${encodeURIComponent(begun.qrCode)}`}
            alt="QR code with the key below"
          />
          <p>
            Key: <code>{begun.secret}</code>
          </p>
          <ProofForm
            field={codeField}
            action="Add the app"
            onProof={(code) => confirm(code, begun.enrolment)}
          />
        </Dialog>
      )}
    </>
  );
}
