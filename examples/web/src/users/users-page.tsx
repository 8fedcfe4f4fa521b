import { Can } from '@graphql-gatehouse/client/react';
import { useState } from 'react';
import { Page } from '../parts/page.tsx';
import { toHash } from '../route.ts';
import { InvitationsDocument } from './invitation-documents.ts';
import { UsersDocument } from './user-documents.ts';
import { UserList } from './user-list.tsx';
import { type UserFilter, UserSearch } from './user-search.tsx';

/** The users, for viewers who may list them. */
export function UsersPage() {
  const [filter, setFilter] = useState<UserFilter>({});
  return (
    <Page title="Users">
      <Can
        run={UsersDocument}
        variables={{ withEmail: false }}
        fallback={<p>Only some groups may list users.</p>}
      >
        <Can run={InvitationsDocument}>
          <p>
            <a href={toHash({ page: 'invitations' })}>Invitations</a>
          </p>
        </Can>
        <UserSearch onSearch={setFilter} />
        <UserList filter={filter} />
      </Can>
    </Page>
  );
}
