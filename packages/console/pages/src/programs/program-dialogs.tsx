import { fetchData } from '../fetch-data.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Secret } from '../parts/secret.tsx';
import { DisableProgramDocument, RotateSecretDocument } from './program-documents.ts';
import type { Program } from './program-permissions.ts';

interface ProgramDialogProps {
  readonly program: Program;
  readonly onClose: () => void;
}

export const RotateSecretDialog = ({ program: { id, name }, onClose }: ProgramDialogProps) => (
  <ChangeDialog
    title="Replace the secret"
    action="Replace"
    isDangerous
    onSend={async () => {
      const { rotateApiClientSecret } = await fetchData(RotateSecretDocument, { id });
      return {
        subjectId: id,
        text: `The secret of ${name} was replaced.`,
        result: <ProgramSecret value={rotateApiClientSecret.secret} />,
      };
    }}
    onClose={onClose}
  >
    <p>
      Makes a new secret for{' '}
      <strong>
        <bdi>{name}</bdi>
      </strong>
      . The old one stops working immediately: the API client is rejected until it has the new one.
    </p>
  </ChangeDialog>
);

export const DisableProgramDialog = ({ program: { id, name }, onClose }: ProgramDialogProps) => (
  <ChangeDialog
    title={`Disable ${name}`}
    action={`Disable ${name}`}
    isDangerous
    typed={name}
    onSend={async () => {
      await fetchData(DisableProgramDocument, { id });
      return { subjectId: id, text: `${name} is disabled permanently.` };
    }}
    onClose={onClose}
  >
    <p>
      Disables{' '}
      <strong>
        <bdi>{name}</bdi>
      </strong>{' '}
      permanently. Its secret stops working immediately, and it cannot be enabled again.
    </p>
  </ChangeDialog>
);

export const ProgramSecret = ({ value }: { readonly value: string }) => (
  <Secret label="The secret, for the header “Authorization: Bearer …”." value={value} />
);
