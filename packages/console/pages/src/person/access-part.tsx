import { AccessOf } from '../access/access-of.tsx';
import { useData } from '../data.tsx';
import { Empty } from '../parts/states.tsx';
import { FactorsDocument } from './factor-documents.ts';
import type { Person } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';

interface AccessPartProps {
  readonly person: Person;
  readonly may: PersonPermissions;
}

/** What a user may do, and for a field why. */
export const AccessPart = ({ person, may }: AccessPartProps) =>
  person.disabledAt === null ? (
    <section className="stack" aria-label="Access">
      <AccessOf
        groups={person.groups}
        path={['people', person.id, 'access']}
        withDemands={may.includes('factors') && <WithoutFactor id={person.id} />}
      />
    </section>
  ) : (
    <Empty>This user is disabled, and reaches only what is open to everyone.</Empty>
  );

/** Says that groups which ask for a second factor can be withheld. */
function WithoutFactor({ id }: { readonly id: string }) {
  const { data } = useData(FactorsDocument, { id });
  if (data?.user?.secondFactors.length !== 0) return null;
  return (
    <p className="warn">
      This user has no second factor: a group that requires one is locked when its time to add one
      is over.
    </p>
  );
}
