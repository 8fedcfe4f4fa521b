import { useViewer } from '@graphql-gatehouse/client/react';
import { useData } from '../data.tsx';
import { useGroups } from '../groups/use-groups.ts';
import { nilId } from '../nil-id.ts';
import { FactorsDocument } from '../person/factor-documents.ts';
import { toHash } from '../route.ts';
import { useAllowed } from '../use-allowed.ts';

/** The id of {@link FactorLacked}. */
export const factorLackedId = 'factor-lacked';

/**
 * Reads which groups ask for a second factor that the account of the viewer lacks: the server gives them to no API client
 * then. Where the viewer may not read its factors, the server says so. Undefined: not known yet.
 */
export function useUnprovableGroups(): readonly string[] | undefined {
  const id = useViewer().principal?.id ?? nilId;
  const groups = useGroups();
  const asking = groups.data?.filter(({ factors }) => factors > 1).map(({ name }) => name);
  const allowed = useAllowed(
    `factors of ${id}`,
    new Map([['read', [{ run: FactorsDocument, variables: { id }, of: 'factors', isOwn: true }]]]),
  );
  const isEnabled = allowed.data?.includes('read') === true && asking?.length !== 0;
  const { data, error, isLoading } = useData(FactorsDocument, { id }, { isEnabled });
  if (groups.isLoading || allowed.isLoading || isLoading) return undefined;
  const hasNone = !error && data?.user?.secondFactors.length === 0;
  return hasNone ? (asking ?? []) : [];
}

interface FactorLackedProps {
  readonly groups: readonly string[];
  /** Called when the viewer leaves to add a factor. */
  readonly onLeave?: () => void;
}

/** Says why these groups cannot be given. */
export const FactorLacked = ({ groups, onLeave }: FactorLackedProps) => (
  <p className="quiet" id={factorLackedId}>
    {names.format(groups)} {groups.length === 1 ? 'asks' : 'ask'} for a second factor, and your
    account has none.{' '}
    <a href={toHash(['account', 'sign-in'])} onClick={onLeave}>
      Add a second factor
    </a>
  </p>
);

const names = new Intl.ListFormat('en');
