import { useViewer } from '@graphql-gatehouse/client/react';
import { fetchData } from '../fetch-data.ts';
import { nilId } from '../nil-id.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import type { SecondFactor } from '../person/factor-table.tsx';
import { RemoveFactorDocument } from './account-documents.ts';

interface RemoveFactorDialogProps {
  readonly factor: SecondFactor;
  readonly onClose: () => void;
}

/** Removes a factor of the viewer. */
export function RemoveFactorDialog({ factor: { id, name }, onClose }: RemoveFactorDialogProps) {
  const subjectId = useViewer().principal?.id ?? nilId;
  return (
    <ChangeDialog
      title="Remove a second factor"
      action="Remove"
      isDangerous
      onSend={async () => {
        await fetchData(RemoveFactorDocument, { id });
        return { subjectId, text: `${name} was removed from your account.` };
      }}
      onClose={onClose}
    >
      <p>
        Removes{' '}
        <strong>
          <bdi>{name}</bdi>
        </strong>{' '}
        from your account, and with the last factor the recovery codes. All your other sessions end
        immediately.
      </p>
    </ChangeDialog>
  );
}
