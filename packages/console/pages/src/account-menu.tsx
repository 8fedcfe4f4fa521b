import { useViewer } from '@graphql-gatehouse/client/react';
import { useQuery } from '@tanstack/react-query';
import { pausedOf } from './account/notices.ts';
import { useNotices } from './account/use-notices.ts';
import { url } from './gatehouse.ts';
import { PageLink } from './page-link.tsx';
import { Button } from './parts/button.tsx';
import { GroupTags } from './parts/group-tags.tsx';
import { logOut } from './session/log-out.ts';
import { site } from './site.ts';
import { usePages } from './use-pages.ts';

const menuId = 'account-menu';

/** Who is logged in, and what is about the own account: behind a button on a wide screen, part of the menu on a narrow one. */
export function AccountMenu() {
  const { principal, groups } = useViewer();
  const { data: allowed = [] } = usePages();
  const { notices } = useNotices();
  const hasQueries = useHasQueries();
  const name = principal?.displayName ?? principal?.username;
  return (
    <div className="viewer">
      <button type="button" className="account-button" popoverTarget={menuId} title="Your account">
        <bdi>{name}</bdi>
      </button>
      <div id={menuId} className="account-menu" popover="auto">
        <bdi className="account-name">{name}</bdi>
        <GroupTags groups={groups} paused={pausedOf(notices)} label="Your groups" />
        {allowed
          .filter((page) => site[page].isOwn)
          .map((page) => (
            <PageLink key={page} page={page} />
          ))}
        {hasQueries && <a href={url}>Queries</a>}
        <Button onAction={logOut}>Log out</Button>
      </div>
    </div>
  );
}

/** Whether the server shows a page for queries at the address of the API: one of a project need not. */
const useHasQueries = (): boolean =>
  useQuery({
    queryKey: ['page for queries'],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    async queryFn({ signal }) {
      const answer = await fetch(url, { headers: { accept: 'text/html' }, signal });
      // An unread body keeps the connection.
      await answer.text();
      return answer.ok && (answer.headers.get('content-type') ?? '').startsWith('text/html');
    },
  }).data ?? false;
