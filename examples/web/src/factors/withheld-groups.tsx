import { useQuery } from '@apollo/client/react';
import { useViewer } from '@graphql-gatehouse/client/react';
import type { ReactNode } from 'react';
import type { WithheldQuery } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Time } from '../parts/time.tsx';
import { askForProof } from '../proofs/reauthentication.ts';
import { toHash } from '../route.ts';
import { WithheldDocument } from './factor-documents.ts';

type Withheld = WithheldQuery['viewer']['withheld'][number];

/** Reads the groups that ask for a second factor which the session has not proved. */
export function useWithheld(): readonly Withheld[] {
  const { data } = useQuery(WithheldDocument, { fetchPolicy: 'cache-and-network' });
  return data?.viewer.withheld ?? [];
}

/** Says which groups the viewer misses, or soon will, and what to do. */
export function WithheldGroups() {
  const { groups } = useViewer();
  return useWithheld().map((withheld) => (
    <p key={withheld.group} className="notice" role="status">
      {describe(withheld, groups.includes(withheld.group))}
    </p>
  ));
}

const link = <a href={toHash({ page: 'factors' })}>Add a second factor</a>;

function describe({ group, enrolUntil, mayEnrol }: Withheld, isHeld: boolean): ReactNode {
  if (enrolUntil === null) {
    return (
      <>
        {group} asks for the second factor of your account.{' '}
        <ActionButton onAction={askForProof}>Prove it</ActionButton>
      </>
    );
  }
  const end = <Time at={enrolUntil} />;
  if (isHeld) {
    return (
      <>
        {group} pauses {end} unless you add a second factor. {mayEnrol && link}
      </>
    );
  }
  return mayEnrol ? (
    <>
      {group} is paused: it asks for a second factor, which you can add until {end}. {link}
    </>
  ) : (
    <>
      {group} is paused: it asks for a second factor, and the time to add one ended {end}. An
      administrator can open it again for 24 hours.
    </>
  );
}
