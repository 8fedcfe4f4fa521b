import type { ReactNode } from 'react';
import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { toHash, useRoute } from '../route.ts';
import { AccessPart } from './access-part.tsx';
import { type AccountPart, accountParts } from './account-parts.ts';
import { type AccountPermissions, useAccountPermissions } from './account-permissions.ts';
import { HistoryPart } from './history-part.tsx';
import { OwnSessionsPart } from './own-sessions-part.tsx';
import { ProfilePart } from './profile-part.tsx';
import { SignInPart } from './sign-in-part.tsx';
import './account.css';

/** The viewer's own account, in parts. The address names the part: `#/account/sessions`. */
export function AccountPage() {
  const {
    path: [named = ''],
  } = useRoute();
  const { data: may, error, refetch } = useAccountPermissions();
  const open = accountParts.filter(({ name }) => may !== undefined && isOpen[name](may));
  const current = open.find(({ name }) => name === named);
  return (
    <Page title="My account" part={current?.name === '' ? undefined : current?.text}>
      {error || may === undefined ? (
        <Unread error={error} onRetry={refetch} />
      ) : (
        <>
          <Tabs
            label="Parts of my account"
            tabs={open.map(({ name, text }) => ({
              text,
              href: toHash(name === '' ? ['account'] : ['account', name]),
              isCurrent: name === named,
            }))}
          />
          {current === undefined ? (
            <Empty>This server does not let you use this part of your account.</Empty>
          ) : (
            <div className="account-part">{contents[current.name](may)}</div>
          )}
        </>
      )}
    </Page>
  );
}

type ByPart<Value> = Readonly<Record<AccountPart, Value>>;

/** The names and the groups of the viewer come with its session. */
const isOpen: ByPart<(may: AccountPermissions) => boolean> = {
  '': () => true,
  'sign-in': (may) =>
    may.includes('password') || may.includes('factors') || may.includes('identities'),
  sessions: (may) => may.includes('sessions'),
  access: () => true,
  history: (may) => may.includes('history'),
};

const contents: ByPart<(may: AccountPermissions) => ReactNode> = {
  '': (may) => <ProfilePart may={may} />,
  'sign-in': (may) => <SignInPart may={may} />,
  sessions: () => <OwnSessionsPart />,
  access: (may) => <AccessPart may={may} />,
  history: () => <HistoryPart />,
};
