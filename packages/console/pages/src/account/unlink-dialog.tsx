import { useViewer } from '@graphql-gatehouse/client/react';
import { fetchData } from '../fetch-data.ts';
import { nilId } from '../nil-id.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { UnlinkProviderDocument } from './account-documents.ts';

interface UnlinkDialogProps {
  readonly id: string;
  /** What the provider is called. */
  readonly name: string;
  readonly onClose: () => void;
}

/** Removes an account elsewhere from that of the viewer. */
export function UnlinkDialog({ id, name, onClose }: UnlinkDialogProps) {
  const subjectId = useViewer().principal?.id ?? nilId;
  return (
    <ChangeDialog
      title="Unlink an account elsewhere"
      action="Unlink"
      isDangerous
      onSend={async () => {
        await fetchData(UnlinkProviderDocument, { id });
        return { subjectId, text: `The account of ${name} was unlinked from yours.` };
      }}
      onClose={onClose}
    >
      <p>
        You can no longer log in with your account of <strong>{name}</strong>. All your other
        sessions end immediately.
      </p>
    </ChangeDialog>
  );
}
