import { useData } from '../data.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { ResetPasswordDialog, SendResetDialog } from './account-dialogs.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { EndAllDialog } from './end-all-dialog.tsx';
import { VerifiedEmailDocument } from './mail-documents.ts';
import type { Person, PersonDialogProps } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { useIsOwn } from './use-is-own.ts';

interface PersonActionsProps {
  /** Absent: it is being read, or was deleted. */
  readonly person: Person | undefined;
  readonly may: PersonPermissions;
}

/** What is done often with an account. What closes it is below its details. */
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
  // An own confirmed address changes by a mail: on the page of the own account.
  const editable = may.filter((right) => !(right === 'change-email' && isOwn && isVerified));
  const actions = [
    {
      text: 'Edit',
      isShown:
        editable.includes('rename') ||
        editable.includes('change-username') ||
        editable.includes('change-email'),
      Dialog: (props: PersonDialogProps) => <EditDialog {...props} may={editable} />,
    },
    {
      text: 'Reset password',
      // One's own session would end before the new password could be read. Who has a confirmed address chooses it by a mail.
      isShown:
        may.includes('reset-password') && !isOwn && !(may.includes('send-reset') && isVerified),
      Dialog: ResetPasswordDialog,
    },
    {
      text: 'Mail a link for a new password',
      isShown: may.includes('send-reset') && isActive && isVerified !== false,
      Dialog: SendResetDialog,
    },
    {
      text: 'End all sessions',
      isShown: may.includes('end-sessions') && may.includes('sessions') && isActive && !isOwn,
      Dialog: EndAllDialog,
    },
  ];
  return actions
    .filter(({ isShown }) => isShown)
    .map(({ text, Dialog }) => (
      <button
        key={text}
        type="button"
        onClick={() => open((onClose) => <Dialog person={person} onClose={onClose} />)}
      >
        {text}
      </button>
    ));
}

/** Only a confirmed address gets mails. Undefined: the viewer may not read whether it is confirmed, and the server says so. */
function useIsVerified({ id }: Person, may: PersonPermissions): boolean | undefined {
  const isEnabled = may.includes('verified');
  const { data } = useData(VerifiedEmailDocument, { id }, { isEnabled });
  return isEnabled ? typeof data?.user?.emailVerifiedAt === 'string' : undefined;
}
