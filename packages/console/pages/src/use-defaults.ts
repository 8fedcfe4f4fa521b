import { useQuery } from '@tanstack/react-query';
import { fetchData } from './fetch-data.ts';
import { gatehouse } from './gatehouse.ts';
import type { DefaultsQuery } from './generated/graphql.ts';
import { graphql } from './generated/index.ts';

export type Defaults = DefaultsQuery['consoleDefaults'];

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

/** Says how long a new password must be. While that is read, it has the place of the sentence. */
export function describeRule(isPending: boolean, defaults: Defaults | undefined): string {
  if (isPending) return '\u00a0'.repeat(23);
  return defaults === undefined ? '' : `At least ${defaults.passwordMinLength} characters.`;
}
