import { fetchData } from '../fetch-data.ts';
import { GroupChoices, readGroups } from '../groups/group-choices.tsx';
import { useGroups } from '../groups/use-groups.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { InviteUserDocument } from './invitation-documents.ts';

/** Invites a person by mail, who then chooses a name and a password. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const { data: groups = [] } = useGroups();

  async function invite(read: (name: string) => string) {
    const email = read('email');
    const { inviteUser } = await fetchData(InviteUserDocument, {
      input: { email, ...readGroups(read, groups) },
    });
    return { subjectId: inviteUser.id, text: `The mail to ${email} is on its way.` };
  }

  return (
    <ChangeDialog title="Invite by mail" action="Send" onSend={invite} onClose={onClose}>
      <p>
        Sends a link to an address. There is no account before the link is used to choose a username
        and a password.
      </p>
      <Field
        label="E-mail address"
        name="email"
        type="email"
        required
        maxLength={254}
        autoComplete="off"
      />
      <GroupChoices
        run={InviteUserDocument}
        variables={(given) => ({ input: { email: '', groups: given } })}
      />
    </ChangeDialog>
  );
}
