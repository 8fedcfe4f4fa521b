import { useQuery } from '@tanstack/react-query';
import { fetchData } from './data.tsx';
import { gatehouse } from './gatehouse.ts';
import { graphql } from './generated/index.ts';

const DefaultsDocument = graphql(`
  query Defaults($withGroups: Boolean! = false) {
    consoleDefaults {
      passwordMinLength
      newUserGroups @include(if: $withGroups)
    }
  }
`);

/** Reads what the settings say of new accounts and passwords: the groups for those who may read them. */
export const useDefaults = () =>
  useQuery({
    queryKey: ['defaults'],
    staleTime: Number.POSITIVE_INFINITY,
    async queryFn() {
      const withGroups = (await gatehouse.ask(DefaultsDocument, { withGroups: true })) !== 'denied';
      return (await fetchData(DefaultsDocument, { withGroups })).consoleDefaults;
    },
  });
