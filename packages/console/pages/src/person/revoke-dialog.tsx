import { fetchData } from '../data.tsx';
import { ChangeDialog, sentFor } from '../parts/change-dialog.tsx';
import type { PersonDialogProps } from './person.ts';
import { RevokeGroupDocument } from './person-documents.ts';
import { Subject } from './subject.tsx';

export const RevokeDialog = ({
  person,
  group,
  onClose,
}: PersonDialogProps & { readonly group: string }) => (
  <ChangeDialog
    title="Revoke a group"
    action="Revoke"
    isDangerous
    onSend={() => sentFor(person.id, fetchData(RevokeGroupDocument, { userId: person.id, group }))}
    onClose={onClose}
  >
    <p>
      Removes <Subject person={person} /> from <strong>{group}</strong>, effective from the next
      request. What other groups imply stays.
    </p>
  </ChangeDialog>
);
