import { Fact } from '../parts/fact.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import type { Person } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { useVerified } from './use-verified.ts';

interface PersonFactsProps {
  readonly person: Person;
  readonly may: PersonPermissions;
}

/** What a user is, and whether it can log in. */
export const PersonFacts = ({ person, may }: PersonFactsProps) => (
  <dl className="facts panel">
    <Fact name="Username">
      <bdi>{person.username}</bdi>
    </Fact>
    <Fact name="State">
      {person.disabledAt === null ? (
        'active'
      ) : (
        <span className="warn">
          disabled <Time at={person.disabledAt} isExact />
        </span>
      )}
    </Fact>
    <Fact name="Groups">
      <GroupTags groups={person.groups} />
    </Fact>
    {may.includes('email') && (
      <Fact name="E-mail">
        {person.email ? <bdi>{person.email}</bdi> : <span className="quiet">none</span>}
        {person.email && may.includes('verified') && <Verified id={person.id} may={may} />}
      </Fact>
    )}
    {may.includes('last-seen') && (
      <Fact name="Last seen">
        <TimeOr at={person.lastSeenAt} none="not in the last week" isExact />
      </Fact>
    )}
  </dl>
);

interface VerifiedProps {
  readonly id: string;
  readonly may: PersonPermissions;
}

/** Whether mails to the address arrive, from the package for mail. */
function Verified({ id, may }: VerifiedProps) {
  const { data } = useVerified(id, may);
  if (!data?.user) return null;
  const { emailVerifiedAt } = data.user;
  return (
    <span className="quiet">
      {' '}
      {emailVerifiedAt === null ? (
        'not confirmed'
      ) : (
        <>
          confirmed <Time at={emailVerifiedAt} />
        </>
      )}
    </span>
  );
}
