import { fetchData, useData } from '../data.tsx';
import type { FactorsQuery } from '../generated/graphql.ts';
import { ChangeDialog } from '../parts/change-dialog.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import {
  FactorsDocument,
  OpenEnrolmentDocument,
  ResetFactorsDocument,
} from './factor-documents.ts';
import type { Person, PersonDialogProps } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { Subject } from './subject.tsx';

type SecondFactor = NonNullable<FactorsQuery['user']>['secondFactors'][number];

interface FactorsPartProps {
  readonly person: Person;
  readonly may: PersonPermissions;
}

/** The second factors of a user. */
export function FactorsPart({ person, may }: FactorsPartProps) {
  const { dialog, open } = useDialog();
  const { data, error, refetch } = useData(FactorsDocument, { id: person.id });
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (!data?.user) return <Loading rows={3} />;
  const { secondFactors, recoveryCodesLeft } = data.user;
  return (
    <section className="stack" aria-label="Second factors">
      {secondFactors.length === 0 ? (
        <Empty>This user logs in without a second factor.</Empty>
      ) : (
        <Table
          caption="Second factors"
          columns={columns}
          rows={secondFactors}
          keyOf={(factor) => factor.id}
        />
      )}
      <p className="quiet">Recovery codes left: {recoveryCodesLeft}</p>
      <div className="actions">
        {may.includes('reset-factors') && (
          <button
            type="button"
            className="danger"
            onClick={() => open((onClose) => <ResetDialog person={person} onClose={onClose} />)}
          >
            Remove all factors
          </button>
        )}
        {may.includes('open-enrolment') && secondFactors.length === 0 && (
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

const columns: readonly Column<SecondFactor>[] = [
  { head: 'Name', isName: true, cell: ({ name }) => <bdi>{name}</bdi> },
  {
    head: 'Kind',
    cell: ({ kind, isBackedUp }) =>
      kind === 'OTP' ? 'authenticator app' : isBackedUp ? 'passkey, with a copy' : 'passkey',
  },
  { head: 'Added', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    head: 'Last used',
    cell: ({ lastUsedAt }) =>
      lastUsedAt === null ? <span className="quiet">never</span> : <Time at={lastUsedAt} />,
  },
  {
    head: 'State',
    cell: ({ isLost }) =>
      isLost ? (
        <span className="bad">its secret is lost</span>
      ) : (
        <span className="quiet">works</span>
      ),
  },
];

const ResetDialog = ({ person, onClose }: PersonDialogProps) => (
  <ChangeDialog
    title="Remove all second factors"
    action="Remove all"
    isDangerous
    onSend={async () => {
      await fetchData(ResetFactorsDocument, { userId: person.id });
      return { subjectId: person.id };
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
      return { subjectId: person.id };
    }}
    onClose={onClose}
  >
    <p>
      Lets <Subject person={person} /> add a first second factor for 24 hours, although the time of
      a group to do so is over.
    </p>
  </ChangeDialog>
);
