import { useData } from '../data.tsx';
import { RecordsOf } from '../log/records-of.tsx';
import { Page } from '../parts/page.tsx';
import { Refused } from '../parts/refused.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { toHash } from '../route.ts';
import { AccessPart } from './access-part.tsx';
import { DetailsPart } from './details-part.tsx';
import { FactorsPart } from './factors-part.tsx';
import { IdentitiesPart } from './identities-part.tsx';
import { MembershipsPart } from './memberships-part.tsx';
import { PersonActions } from './person-actions.tsx';
import { PersonDocument } from './person-documents.ts';
import { PersonFacts } from './person-facts.tsx';
import { needsOf, type PersonPermissions, usePersonPermissions } from './person-permissions.ts';
import { PersonTabs, personParts } from './person-tabs.tsx';
import { SessionsPart } from './sessions-part.tsx';
import { useVerified } from './use-verified.ts';

interface PersonPageProps {
  readonly id: string;
  /** What is shown below the facts. The groups by default. */
  readonly part: string | undefined;
}

/** A user: facts, groups, sessions, second factors, and what is recorded. */
export function PersonPage({ id, part }: PersonPageProps) {
  const { data: may, error, refetch } = usePersonPermissions(id);
  if (may?.includes('person')) return <Person id={id} part={part} may={may} />;
  return (
    <Page title="User">
      {error || may === undefined ? (
        <Unread error={error} onRetry={refetch} />
      ) : (
        <Refused needs={needsOf(id, 'person')}>Your groups may not read this user.</Refused>
      )}
    </Page>
  );
}

function Person({ id, part, may }: PersonPageProps & { readonly may: PersonPermissions }) {
  const { data, error, refetch } = useData(PersonDocument, {
    id,
    withEmail: may.includes('email'),
    withLastSeen: may.includes('last-seen'),
    withMemberships: may.includes('memberships'),
  });
  // A confirmed address has one more button, and more facts: what comes later would move what is below.
  const { isLoading } = useVerified(id, may);
  const person = isLoading ? undefined : (data?.user ?? undefined);
  return (
    <Page
      title={person?.displayName ?? 'User'}
      part={personParts.find(({ name }) => name === part)?.text}
      // The dialogs stay open when the user is gone.
      actions={<PersonActions person={person} may={may} />}
    >
      {person !== undefined ? (
        <>
          <PersonFacts person={person} may={may} />
          <PersonTabs id={id} part={part} may={may} />
          {part === 'access' && may.includes('access') ? (
            <AccessPart person={person} may={may} />
          ) : part === 'sessions' && may.includes('sessions') ? (
            <SessionsPart id={id} />
          ) : part === 'factors' && may.includes('factors') ? (
            <FactorsPart person={person} may={may} />
          ) : part === 'identities' && may.includes('identities') ? (
            <IdentitiesPart person={person} may={may} />
          ) : part === 'log' && may.includes('log') ? (
            <RecordsOf id={id} noun="user" />
          ) : part === 'details' ? (
            <DetailsPart person={person} may={may} />
          ) : part === undefined ? (
            <MembershipsPart person={person} />
          ) : (
            <Refused needs={needsOf(id, personParts.find(({ name }) => name === part)?.needs)}>
              Your groups may not read this part of the account.
            </Refused>
          )}
        </>
      ) : error || data === undefined || isLoading ? (
        <Unread error={error} onRetry={refetch} />
      ) : (
        <Empty>
          There is no such user. <a href={toHash(['people'])}>All users</a>
        </Empty>
      )}
    </Page>
  );
}
