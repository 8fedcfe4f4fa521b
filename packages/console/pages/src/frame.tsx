import { useEffect } from 'react';
import { useNotices } from './account/use-notices.ts';
import { WithheldNotices } from './account/withheld-notices.tsx';
import { AccountMenu } from './account-menu.tsx';
import { CurrentPage } from './current-page.tsx';
import { DevelopmentLine, useDevelopment } from './health/development-line.tsx';
import { host, useInstallationName } from './installation.ts';
import { PageLink } from './page-link.tsx';
import { forgetDone } from './parts/done.tsx';
import { Loading } from './parts/states.tsx';
import { SearchButton } from './search/search-button.tsx';
import { site } from './site.ts';
import { useKeptScroll } from './use-kept-scroll.ts';
import { usePages } from './use-pages.ts';

/** The navigation, who is logged in, and the current page. */
export function Frame() {
  // What failed once is shown so, while it is read again.
  const { data: allowed = [], isFetched: arePagesKnown } = usePages();
  const { isFetched: areNoticesKnown } = useNotices();
  const { isAwaited } = useDevelopment();
  const name = useInstallationName();
  useKeptScroll();
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
  const { data: allowed = [] } = usePages();
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
      <AccountMenu />
    </>
  );
}

function focusMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
