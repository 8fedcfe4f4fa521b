import { useViewer } from '@graphql-gatehouse/client/react';
import { useState } from 'react';
import { fetchData } from '../fetch-data.ts';
import { nilId } from '../nil-id.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { describeRule, useDefaults } from '../use-defaults.ts';
import { ChangePasswordDocument } from './account-documents.ts';

/** Changes the password of the viewer, whose session goes on. */
export function ChangePasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const { principal } = useViewer();
  const { data: defaults, isPending } = useDefaults();
  const [isShown, setIsShown] = useState(false);
  const type = isShown ? 'text' : 'password';
  return (
    <ChangeDialog
      title="Change the password"
      action="Change it"
      onSend={async (read) => {
        await fetchData(ChangePasswordDocument, {
          currentPassword: read('currentPassword'),
          newPassword: read('newPassword'),
        });
        const text = 'Your password was changed, and your other sessions have ended.';
        return { subjectId: principal?.id ?? nilId, text };
      }}
      onClose={onClose}
    >
      <p>All your other sessions end immediately. This one continues.</p>
      <Field
        label="Current password"
        name="currentPassword"
        type={type}
        autoComplete="current-password"
        required
      />
      <Field
        label="New password"
        name="newPassword"
        type={type}
        autoComplete="new-password"
        required
        hint={`${describeRule(isPending, defaults)} A few words are easy to remember.`}
      />
      <label className="choice">
        <input
          type="checkbox"
          checked={isShown}
          onChange={({ currentTarget }) => setIsShown(currentTarget.checked)}
        />
        Show the passwords
      </label>
      {/* Managers of passwords find the account by it. */}
      <input
        type="text"
        autoComplete="username"
        value={principal?.username ?? ''}
        readOnly
        hidden
      />
    </ChangeDialog>
  );
}
