import { useQuery } from '@tanstack/react-query';
import { gatehouse } from './gatehouse.ts';
import { type PageName, pages } from './route.ts';
import { site } from './site.ts';

/** Reads which pages the viewer may use. Asked once: with other groups, everything is read anew. */
export const usePages = () =>
  useQuery({
    queryKey: ['pages'],
    staleTime: Number.POSITIVE_INFINITY,
    async queryFn(): Promise<readonly PageName[]> {
      const outcomes = await Promise.all(pages.map((page) => gatehouse.ask(site[page].needs, {})));
      return pages.filter((_page, index) => outcomes[index] !== 'denied');
    },
  });
