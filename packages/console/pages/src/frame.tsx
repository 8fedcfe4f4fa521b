import { useGatehouse, useViewer } from '@graphql-gatehouse/client/react';
import { CurrentPage } from './current-page.tsx';
import { Button } from './parts/button.tsx';
import { GroupTags } from './parts/group-tags.tsx';
import { Loading } from './parts/states.tsx';
import { type PageName, toHash, useRoute } from './route.ts';
import { site } from './site.ts';
import { usePages } from './use-pages.ts';

/** The navigation, who is logged in, and the current page. */
export function Frame() {
  const { logOut } = useGatehouse();
  const { principal, groups } = useViewer();
  const { data: allowed = [], isLoading } = usePages();
  if (isLoading) {
    // The links of the navigation would move what is below them.
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
        <span className="brand">Gatehouse</span>
        <nav aria-label="Pages">
          {allowed.map((page) => (
            <PageLink key={page} page={page} />
          ))}
        </nav>
        <div className="viewer">
          <span>{principal?.displayName ?? principal?.username}</span>
          <GroupTags groups={groups} label="Your groups" />
          <Button onAction={logOut}>Log out</Button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <CurrentPage />
      </main>
    </>
  );
}

function focusMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

function PageLink({ page }: { readonly page: PageName }) {
  const isCurrent = useRoute().page === page;
  return (
    <a href={toHash([page])} aria-current={isCurrent ? 'page' : undefined}>
      {site[page].title}
    </a>
  );
}
