import { useViewer } from '@graphql-gatehouse/client/react';
import { useEffect } from 'react';
import { pausedOf } from './account/notices.ts';
import { useNotices } from './account/use-notices.ts';
import { WithheldNotices } from './account/withheld-notices.tsx';
import { CurrentPage } from './current-page.tsx';
import { DevelopmentLine, useDevelopment } from './health/development-line.tsx';
import { HealthMark } from './health/health-mark.tsx';
import { host, useInstallationName } from './installation.ts';
import { Button } from './parts/button.tsx';
import { forgetDone } from './parts/done.tsx';
import { GroupTags } from './parts/group-tags.tsx';
import { Loading } from './parts/states.tsx';
import { type PageName, toHash } from './route.ts';
import { SearchButton } from './search/search-button.tsx';
import { leave } from './session/leave.ts';
import { site } from './site.ts';
import { usePages, useShownPage } from './use-pages.ts';

/** The navigation, who is logged in, and the current page. */
export function Frame() {
  // What failed once is shown so, while it is read again.
  const { data: allowed = [], isFetched: arePagesKnown } = usePages();
  const { isFetched: areNoticesKnown } = useNotices();
  const { isAwaited } = useDevelopment();
  const name = useInstallationName();
  // Who logs in next did not make the change.
  useEffect(() => forgetDone, []);
  if (!arePagesKnown || !areNoticesKnown || isAwaited) {
    // The links of the navigation, and notices, would move what is below them.
    return (
      <main className="narrow">
        <Loading rows={3} />
      </main>
    );
  }
  return (
    <>
      <header>
        <a className="skip" href={window.location.hash} onClick={focusMain}>
          Skip to the page
        </a>
        <span className="brand" title={host}>
          {name}
        </span>
        {allowed.some((page) => !site[page].isOwn) && <SearchButton />}
        {/* On a wide screen, what it opens is always there. */}
        <button type="button" className="menu-button" popoverTarget={menuId}>
          Menu
        </button>
        <div id={menuId} className="menu" popover="auto">
          <Menu />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <DevelopmentLine />
        <WithheldNotices />
        <CurrentPage />
      </main>
    </>
  );
}

const menuId = 'menu';

function Menu() {
  const { principal, groups } = useViewer();
  const { data: allowed = [] } = usePages();
  const { notices } = useNotices();
  const pages = allowed.filter((page) => !site[page].isOwn);
  return (
    <>
      {pages.length > 0 && (
        <nav aria-label="Pages">
          {pages.map((page) => (
            <PageLink key={page} page={page} />
          ))}
        </nav>
      )}
      <div className="viewer">
        <span>{principal?.displayName ?? principal?.username}</span>
        <GroupTags groups={groups} paused={pausedOf(notices)} label="Your groups" />
        {allowed
          .filter((page) => site[page].isOwn)
          .map((page) => (
            <PageLink key={page} page={page} />
          ))}
        <Button onAction={leave}>Log out</Button>
      </div>
    </>
  );
}

function focusMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

const closeMenu = (): unknown => document.getElementById(menuId)?.togglePopover(false);

function PageLink({ page }: { readonly page: PageName }) {
  const isCurrent = useShownPage() === page;
  return (
    <a href={toHash([page])} aria-current={isCurrent ? 'page' : undefined} onClick={closeMenu}>
      {site[page].title}
      {page === 'health' && <HealthMark />}
    </a>
  );
}
