import { useViewer } from '@graphql-gatehouse/client/react';
import { nilId } from '../nil-id.ts';
import { type Named, PersonName } from '../parts/person-name.tsx';
import { toHash } from '../route.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import { PersonDocument } from './person-documents.ts';

/** Returns whether the viewer may use the page of a user. */
function useMayOpen(id: string): boolean {
  const ownId = useViewer().principal?.id ?? nilId;
  const { data: may } = useAllowed(
    `links of ${ownId}`,
    new Map<'anyone' | 'self', readonly Need[]>([
      ['anyone', [{ run: PersonDocument, variables: { id: nilId } }]],
      ['self', [{ run: PersonDocument, variables: { id: ownId }, isOwn: true }]],
    ]),
  );
  return may?.includes(id === ownId ? 'self' : 'anyone') ?? false;
}

/** The name of a user, as a link to its page for those who may use that. */
export function PersonLink({ person }: { readonly person: Named & { readonly id: string } }) {
  const name = <PersonName person={person} />;
  return useMayOpen(person.id) ? <a href={toHash(['people', person.id])}>{name}</a> : name;
}
