import { Tabs } from '../parts/tabs.tsx';
import { toHash, useRoute } from '../route.ts';
import { usePeoplePermissions } from './people-permissions.ts';

/** The links between users and invitations, for those who may read both. */
export function PeopleTabs() {
  const { data: may } = usePeoplePermissions();
  const isInvitations = useRoute().path[0] === 'invitations';
  const users = { text: 'Users', href: toHash(['people']), isCurrent: !isInvitations };
  const invitations = {
    text: 'Invitations',
    href: toHash(['people', 'invitations']),
    isCurrent: isInvitations,
  };
  return (
    <Tabs label="Users" tabs={may?.includes('invitations') ? [users, invitations] : [users]} />
  );
}
