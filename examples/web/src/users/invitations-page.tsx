import { Can } from '@graphql-gatehouse/client/react';
import { Page } from '../parts/page.tsx';
import { InvitationsDocument } from './invitation-documents.ts';
import { Invitations } from './invitations.tsx';

/** The invitations, for viewers who may list them. */
export const InvitationsPage = () => (
  <Page title="Invitations">
    <Can run={InvitationsDocument} fallback={<p>Only some groups may invite people.</p>}>
      <Invitations />
    </Can>
  </Page>
);
