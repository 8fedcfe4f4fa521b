import type { TypedDocumentNode } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useCan } from '@graphql-gatehouse/client/react';
import type { UsersQuery, UsersQueryVariables } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Loading } from '../parts/loading.tsx';
import { Problem } from '../parts/problem.tsx';
import { UsersDocument, UsersWithAddressesDocument } from './user-documents.ts';
import { type ListedUser, UserRow } from './user-row.tsx';
import type { UserFilter } from './user-search.tsx';

type Listing = TypedDocumentNode<{ readonly users: ListedUsers }, UsersQueryVariables>;

interface ListedUsers {
  readonly edges: readonly { readonly node: ListedUser }[];
  readonly pageInfo: UsersQuery['users']['pageInfo'];
}

/** The users that match a filter, page by page. */
export function UserList({ filter }: { readonly filter: UserFilter }) {
  const withEmail = useCan('User.email') === 'allowed';
  const withState = useCan('User.emailVerifiedAt') === 'allowed';
  const document: Listing = withState ? UsersWithAddressesDocument : UsersDocument;
  const { data, error, fetchMore } = useQuery(document, {
    variables: { ...filter, withEmail },
  });
  const page = data?.users.pageInfo;
  return (
    <>
      <Problem error={error} />
      {data === undefined && error === undefined && <Loading />}
      {data?.users.edges.length === 0 && <p role="status">No user matches.</p>}
      <ul className="rows">
        {data?.users.edges.map(({ node }) => (
          <UserRow key={node.id} user={node} />
        ))}
      </ul>
      {page?.hasNextPage && (
        <ActionButton onAction={() => fetchMore({ variables: { after: page.endCursor } })}>
          More users
        </ActionButton>
      )}
    </>
  );
}
