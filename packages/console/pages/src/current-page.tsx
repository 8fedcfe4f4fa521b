import type { ComponentType } from 'react';
import { AccessPage } from './access/access-page.tsx';
import { AccountPage } from './account/account-page.tsx';
import { GroupsPage } from './groups/groups-page.tsx';
import { HealthPage } from './health/health-page.tsx';
import { LogPage } from './log/log-page.tsx';
import { NotFound } from './not-found.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { Page } from './parts/page.tsx';
import { Refused } from './parts/refused.tsx';
import { Unread } from './parts/states.tsx';
import { PeoplePage } from './people/people-page.tsx';
import { ProgramsPage } from './programs/programs-page.tsx';
import { type PageName, useRoute } from './route.ts';
import { hasPart, site } from './site.ts';
import { usePages, useShownPage } from './use-pages.ts';

const components: Readonly<Record<PageName, ComponentType>> = {
  overview: OverviewPage,
  people: PeoplePage,
  groups: GroupsPage,
  programs: ProgramsPage,
  log: LogPage,
  access: AccessPage,
  health: HealthPage,
  account: AccountPage,
};

/** Shows the page that the address names, or the first that the viewer may use. */
export function CurrentPage() {
  const { path } = useRoute();
  const shown = useShownPage();
  const { data: allowed, error, refetch } = usePages();
  if (error || allowed === undefined) return <Unread error={error} onRetry={refetch} />;
  if (shown === undefined || !hasPart(shown, path)) return <NotFound allowed={allowed} />;
  const Shown = components[shown];
  if (allowed.includes(shown)) return <Shown />;
  return (
    <Page title={site[shown].title}>
      <Refused needs={site[shown].needs}>Your groups may not use this page.</Refused>
    </Page>
  );
}
