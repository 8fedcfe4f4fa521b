import { useQuery } from '@apollo/client/react';
import { Can } from '@graphql-gatehouse/client/react';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import {
  ChangeEmailDocument,
  DeclineEmailUndoDocument,
  OwnAccountDocument,
} from './account-documents.ts';
import { ChangeAddress } from './change-address.tsx';
import { DeclineUndo } from './decline-undo.tsx';
import { OwnAddress } from './own-address.tsx';

/** The viewer's account: its address, and how to change it. */
export function AccountPage() {
  const { data, error } = useQuery(OwnAccountDocument, { fetchPolicy: 'cache-and-network' });
  const account = data?.me;
  return (
    <Page title="Your account">
      <Problem error={error} />
      {data === undefined && error === undefined && <Loading />}
      {account && (
        <>
          <dl className="facts">
            <dt>User name</dt>
            <dd>{account.username}</dd>
            <dt>Name</dt>
            <dd>{account.displayName}</dd>
          </dl>
          <h2>Address</h2>
          <OwnAddress address={account.email} verifiedAt={account.emailVerifiedAt} />
          {/* The server is not asked: a form that waits for a proof would be gone meanwhile. */}
          <Can
            run={ChangeEmailDocument}
            variables={{ email: '', proof: { password: '' } }}
            depends="show"
          >
            <ChangeAddress />
          </Can>
          <Can run={DeclineEmailUndoDocument} depends="show">
            <DeclineUndo />
          </Can>
        </>
      )}
    </Page>
  );
}
