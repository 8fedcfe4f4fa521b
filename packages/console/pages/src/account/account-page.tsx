import { useViewer } from '@graphql-gatehouse/client/react';
import { Fact } from '../parts/fact.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Unread } from '../parts/states.tsx';
import { useAccountPermissions } from './account-permissions.ts';
import { pausedOf } from './notices.ts';
import { OwnFactors } from './own-factors.tsx';
import { useNotices } from './use-notices.ts';

/** The viewer's own account: who it is, its groups, and its second factors. */
export function AccountPage() {
  const { principal, groups } = useViewer();
  const { notices } = useNotices();
  const { data: may, error, refetch } = useAccountPermissions();
  return (
    <Page title="My account">
      <dl className="facts panel">
        <Fact name="User name">
          <bdi>{principal?.username}</bdi>
        </Fact>
        <Fact name="Display name">
          <bdi>{principal?.displayName}</bdi>
        </Fact>
        <Fact name="Groups">
          <GroupTags groups={groups} paused={pausedOf(notices)} />
        </Fact>
      </dl>
      {error || may === undefined ? (
        <Unread error={error} onRetry={refetch} rows={3} />
      ) : (
        may.includes('factors') && <OwnFactors may={may} />
      )}
    </Page>
  );
}
