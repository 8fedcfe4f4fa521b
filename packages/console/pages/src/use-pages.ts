import { type PageName, pages, useRoute } from './route.ts';
import { site } from './site.ts';
import { useAllowed } from './use-allowed.ts';

/** Reads which pages the viewer may use. */
export const usePages = () =>
  useAllowed<PageName>('pages', new Map(pages.map((page) => [page, site[page].needs])));

/** Returns the page that the address names: without a name, the first that the viewer may use. */
export function useShownPage(): PageName | undefined {
  const { page, isEmpty } = useRoute();
  const { data: allowed } = usePages();
  return isEmpty ? allowed?.[0] : page;
}
