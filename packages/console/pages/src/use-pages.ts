import { type PageName, pages } from './route.ts';
import { site } from './site.ts';
import { useAllowed } from './use-allowed.ts';

/** Reads which pages the viewer may use. */
export const usePages = () =>
  useAllowed<PageName>('pages', new Map(pages.map((page) => [page, site[page].needs])));
