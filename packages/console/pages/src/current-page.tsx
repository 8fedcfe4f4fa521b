import { Page } from './parts/page.tsx';
import { Failed, Loading, Refused } from './parts/states.tsx';
import { useRoute } from './route.ts';
import { site } from './site.ts';
import { usePages } from './use-pages.ts';

/** Shows the page that the address names, or the first that the viewer may use. */
export function CurrentPage() {
  const { page } = useRoute();
  const { data: allowed, error, refetch } = usePages();
  if (error) return <Failed error={error} onRetry={refetch} />;
  if (allowed === undefined) return <Loading />;
  const shown = page ?? allowed[0];
  if (shown !== undefined && allowed.includes(shown)) {
    const { Page: Shown } = site[shown];
    return <Shown />;
  }
  return (
    <Page title={shown === undefined ? 'Gatehouse' : site[shown].title}>
      <Refused>
        {allowed.length === 0
          ? 'Your groups may use no page of the console. Ask an administrator for one that may.'
          : 'Your groups may not use this page.'}
      </Refused>
    </Page>
  );
}
