import { NotFound } from './not-found.tsx';
import { Page } from './parts/page.tsx';
import { Failed, Loading, Refused } from './parts/states.tsx';
import { useRoute } from './route.ts';
import { hasPart, site } from './site.ts';
import { usePages, useShownPage } from './use-pages.ts';

/** Shows the page that the address names, or the first that the viewer may use. */
export function CurrentPage() {
  const { path } = useRoute();
  const shown = useShownPage();
  const { data: allowed, error, refetch } = usePages();
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (allowed === undefined) return <Loading />;
  if (shown === undefined || !hasPart(shown, path)) return <NotFound allowed={allowed} />;
  const { title, Page: Shown } = site[shown];
  if (allowed.includes(shown)) return <Shown />;
  return (
    <Page title={title}>
      <Refused>Your groups may not use this page.</Refused>
    </Page>
  );
}
