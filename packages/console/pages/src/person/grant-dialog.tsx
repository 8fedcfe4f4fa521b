import { useState } from 'react';
import { fetchData } from '../data.tsx';
import { toImplied, useGroups } from '../groups/use-groups.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Field, Select } from '../parts/field.tsx';
import { toExact } from '../parts/time.tsx';
import { useGroupPermissions } from './group-permissions.ts';
import type { PersonDialogProps } from './person.ts';
import { GrantGroupDocument } from './person-documents.ts';
import { Subject } from './subject.tsx';

interface GrantDialogProps extends PersonDialogProps {
  /** Those that can be chosen, if the viewer may grant them. */
  readonly groups: readonly string[];
}

/** Adds a user to a group, perhaps for a time. */
export function GrantDialog({ person, groups, onClose }: GrantDialogProps) {
  const { data: all = [] } = useGroups();
  const grantable = useGroupPermissions('grant', person.id, groups);
  const [group, setGroup] = useState('');
  const [end, setEnd] = useState('');
  const implied = toImplied(all, group);
  const before = person.memberships?.find((membership) => membership.group === group);

  async function grant() {
    const expiresAt = end === '' ? null : new Date(end).toISOString();
    await fetchData(GrantGroupDocument, { userId: person.id, group, expiresAt });
    return { subjectId: person.id };
  }

  return (
    <ChangeDialog title="Grant a group" action="Grant" onSend={grant} onClose={onClose}>
      <Select
        label="Group"
        name="group"
        required
        options={[{ value: '', text: 'Choose a group' }, ...(grantable ?? [])]}
        value={group}
        onChange={({ currentTarget }) => setGroup(currentTarget.value)}
      />
      <Field
        label="Ends"
        name="end"
        type="datetime-local"
        value={end}
        onChange={({ currentTarget }) => setEnd(currentTarget.value)}
        hint={`In your time zone, ${zone}. Left empty, it does not end.`}
      />
      {group !== '' && (
        <p>
          Adds <Subject person={person} /> to <strong>{group}</strong>
          {implied.length > 0 && `, which implies ${implied.join(', ')}`}, from the next request
          {end === '' ? ', without an end' : ` until ${toExact(new Date(end))}`}.
          {before !== undefined && ' The present end of this membership is replaced.'}
        </p>
      )}
    </ChangeDialog>
  );
}

const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
