import { useData } from '../data.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import {
  DeleteDialog,
  DisableDialog,
  EnableDialog,
  ResetPasswordDialog,
  SendResetDialog,
} from './account-dialogs.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { VerifiedEmailDocument } from './mail-documents.ts';
import type { Person, PersonDialogProps } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { useIsOwn } from './use-is-own.ts';

interface PersonActionsProps {
  /** Absent: it is being read, or was deleted. */
  readonly person: Person | undefined;
  readonly may: PersonPermissions;
}

export function PersonActions({ person, may }: PersonActionsProps) {
  const { dialog, open } = useDialog();
  return (
    <>
      {person !== undefined && <Buttons person={person} may={may} open={open} />}
      {dialog}
    </>
  );
}

function Buttons({
  person,
  may,
  open,
}: {
  readonly person: Person;
  readonly may: PersonPermissions;
  readonly open: ReturnType<typeof useDialog>['open'];
}) {
  const isOwn = useIsOwn(person);
  const isVerified = useIsVerified(person, may);
  const isActive = person.disabledAt === null;
  const actions = [
    {
      text: 'Edit',
      isShown:
        may.includes('rename') || may.includes('change-username') || may.includes('change-email'),
      Dialog: (props: PersonDialogProps) => <EditDialog {...props} may={may} />,
    },
    {
      text: 'Reset password',
      // One's own session would end before the new password could be read.
      isShown: may.includes('reset-password') && !isOwn,
      Dialog: ResetPasswordDialog,
    },
    {
      text: 'Mail a link for a new password',
      isShown: may.includes('send-reset') && isActive && isVerified,
      Dialog: SendResetDialog,
    },
    // A mistake with the own account could be undone by another administrator alone, if there is one.
    {
      text: 'Disable',
      isShown: may.includes('disable') && isActive && !isOwn,
      Dialog: DisableDialog,
    },
    { text: 'Enable', isShown: may.includes('enable') && !isActive, Dialog: EnableDialog },
    {
      text: 'Delete',
      isShown: may.includes('delete') && !isOwn,
      Dialog: DeleteDialog,
      kind: 'danger',
    },
  ];
  return actions
    .filter(({ isShown }) => isShown)
    .map(({ text, Dialog, kind }) => (
      <button
        key={text}
        type="button"
        className={kind}
        onClick={() => open((onClose) => <Dialog person={person} onClose={onClose} />)}
      >
        {text}
      </button>
    ));
}

/** Only a confirmed address gets mails. Where the viewer may not read whether it is, the server says so. */
function useIsVerified({ id }: Person, may: PersonPermissions): boolean {
  const isEnabled = may.includes('verified');
  const { data } = useData(VerifiedEmailDocument, { id }, { isEnabled });
  return !isEnabled || typeof data?.user?.emailVerifiedAt === 'string';
}
