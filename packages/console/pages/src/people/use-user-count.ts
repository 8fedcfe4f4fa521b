import { useData } from '../data.tsx';
import { UserCountsDocument } from './people-documents.ts';
import type { Permission } from './people-permissions.ts';

/** Reads how many users of a state there are, in words. */
export function useUserCount(state: '' | 'disabled' | 'all', may: readonly Permission[]) {
  const isEnabled = may.includes('count');
  const withDisabled = may.includes('disabled');
  const { data, isLoading } = useData(UserCountsDocument, { withDisabled }, { isEnabled });
  return { count: describe(state, data?.consoleUsers), isCounting: isLoading };
}

interface Counts {
  readonly enabled: number | null;
  readonly disabled?: number | null;
}

function describe(state: '' | 'disabled' | 'all', counts: Counts | undefined): string {
  const kind = state === 'all' ? '' : state === 'disabled' ? 'disabled ' : 'active ';
  if (counts === undefined) return `All ${kind}users`;
  const { enabled, disabled = null } = counts;
  const all = enabled === null || disabled === null ? null : enabled + disabled;
  const count = state === 'all' ? all : state === 'disabled' ? disabled : enabled;
  if (count === null) return `More than 1,000 ${kind}users`;
  return `${count.toLocaleString('en')} ${kind}${count === 1 ? 'user' : 'users'}`;
}
