import { useGatehouse, useViewer } from '@graphql-gatehouse/client/react';
import { useState } from 'react';
import { LogIn } from '../log-in/log-in.tsx';
import { ActionButton } from '../parts/action-button.tsx';
import { Page } from '../parts/page.tsx';
import { Restoring } from '../restoring.tsx';
import { JoinByInvitationDocument } from './link-documents.ts';
import type { OpenLink } from './open-link.ts';

/** Accepts an invitation with the account of the viewer, who logs in first. The token stays in memory meanwhile. */
export function JoinPage({ link }: { readonly link: OpenLink }) {
  const { state, principal } = useViewer();
  if (state === 'loading') return <Restoring />;
  if (principal === null) {
    return (
      <LogIn title="Log in to accept the invitation">
        <p>Use the account that has confirmed the invited address.</p>
      </LogIn>
    );
  }
  return <JoinAs link={link} name={principal.displayName ?? principal.username ?? ''} />;
}

interface JoinAsProps {
  readonly link: OpenLink;
  readonly name: string;
}

function JoinAs({ link: { token, spend }, name }: JoinAsProps) {
  const { fetch, logOut } = useGatehouse();
  const [groups, setGroups] = useState<readonly string[]>();
  if (groups !== undefined) return <Joined groups={groups} />;

  async function join(): Promise<void> {
    const { joinByInvitation } = await spend(fetch(JoinByInvitationDocument, { token }));
    setGroups(joinByInvitation.groups);
  }

  return (
    <Page title={`Accept as ${name}`}>
      <p>
        The groups of the invitation are added to your account. Log in again to use another one, or
        if your login is too old.
      </p>
      <div className="buttons">
        <ActionButton isMain onAction={join}>
          Accept the invitation
        </ActionButton>
        <ActionButton onAction={logOut}>Log in again</ActionButton>
      </div>
    </Page>
  );
}

const Joined = ({ groups }: { readonly groups: readonly string[] }) => (
  <Page title="You have accepted the invitation">
    <p>Your groups are now: {groups.join(', ') || 'none'}.</p>
    <p>
      <a href="/">Continue</a>
    </p>
  </Page>
);
