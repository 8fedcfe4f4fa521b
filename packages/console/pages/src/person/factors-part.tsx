import { useData } from '../data.tsx';
import { fetchData } from '../fetch-data.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { toHash } from '../route.ts';
import {
  FactorsDocument,
  OpenEnrolmentDocument,
  ResetFactorsDocument,
} from './factor-documents.ts';
import { FactorTable } from './factor-table.tsx';
import type { Person, PersonDialogProps } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { Subject } from './subject.tsx';
import { useIsOwn } from './use-is-own.ts';

interface FactorsPartProps {
  readonly person: Person;
  readonly may: PersonPermissions;
}

export function FactorsPart({ person, may }: FactorsPartProps) {
  const { dialog, open } = useDialog();
  const isOwn = useIsOwn(person);
  const { data, error, refetch } = useData(FactorsDocument, { id: person.id });
  if (!data?.user) return <Unread error={error} onRetry={refetch} rows={3} />;
  const { secondFactors, recoveryCodesLeft } = data.user;
  const hasFactor = secondFactors.length > 0;
  return (
    <section className="stack" aria-label="Second factors">
      {hasFactor ? (
        <FactorTable factors={secondFactors} />
      ) : (
        <Empty>This user logs in without a second factor.</Empty>
      )}
      {hasFactor && <p className="quiet">Recovery codes left: {recoveryCodesLeft}</p>}
      {isOwn && <a href={toHash(['account'])}>My second factors</a>}
      <div className="actions">
        {may.includes('reset-factors') && hasFactor && !isOwn && (
          <button
            type="button"
            className="danger"
            onClick={() => open((onClose) => <ResetDialog person={person} onClose={onClose} />)}
          >
            Remove all factors
          </button>
        )}
        {may.includes('open-enrolment') && !hasFactor && !isOwn && (
          <button
            type="button"
            onClick={() => open((onClose) => <EnrolmentDialog person={person} onClose={onClose} />)}
          >
            Open enrolment
          </button>
        )}
      </div>
      {dialog}
    </section>
  );
}

const ResetDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Remove all second factors"
    action="Remove all"
    isDangerous
    onSend={async () => {
      await fetchData(ResetFactorsDocument, { userId: person.id });
      return {
        subjectId: person.id,
        text: (
          <>
            The second factors of <Subject person={person} /> were removed.
          </>
        ),
      };
    }}
    onClose={onClose}
  >
    <p>
      Removes all second factors and recovery codes of <Subject person={person} />, ends all
      sessions, and lets the user add a first factor for 24 hours. You cannot also set the password
      or the address of this user within these 24 hours.
    </p>
  </ChangeDialog>
);

const EnrolmentDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Open enrolment"
    action="Open"
    onSend={async () => {
      await fetchData(OpenEnrolmentDocument, { userId: person.id });
      return {
        subjectId: person.id,
        text: (
          <>
            <Subject person={person} /> can add a second factor for 24 hours.
          </>
        ),
      };
    }}
    onClose={onClose}
  >
    <p>
      Lets <Subject person={person} /> add a first second factor for 24 hours, although the time of
      a group to do so is over. You cannot also set the password or the address of this user within
      these 24 hours.
    </p>
  </ChangeDialog>
);
