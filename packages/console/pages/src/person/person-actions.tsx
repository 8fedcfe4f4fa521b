import { useDialog } from '../parts/use-dialog.ts';
import { ResetPasswordDialog, SendResetDialog } from './account-dialogs.tsx';
import { EditDialog } from './edit-dialog.tsx';
import { EndAllDialog } from './end-all-dialog.tsx';
import type { Person, PersonDialogProps } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { useIsOwn } from './use-is-own.ts';
import { useVerified } from './use-verified.ts';

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
  const { data: verified } = useVerified(person.id, may);
  // Undefined: the viewer may not read whether the address is confirmed, and the server says so.
  const isVerified = may.includes('verified')
    ? typeof verified?.user?.emailVerifiedAt === 'string'
    : undefined;
  // The user alone chooses a new password, by a mail: the server refuses one of an administrator.
  const isByMail = isVerified && verified?.administratorsResetPasswords === false;
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
      // One's own session would end before the new password could be read.
      isShown: may.includes('reset-password') && !isOwn && !isByMail,
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
