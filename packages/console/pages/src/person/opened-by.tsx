import { OpenedDocument, ViewDocument } from '../access/access-documents.ts';
import { countOpened, rootsOf } from '../access/opened.ts';
import { useMayView } from '../access/use-may-view.ts';
import { CoordinateText } from '../access/views.tsx';
import { useData } from '../data.tsx';
import type { OpenedQuery } from '../generated/graphql.ts';

type Opened = NonNullable<OpenedQuery['consoleGroup']>['opened'];

interface Access {
  /** Undefined: it is being read, or no group was chosen. */
  readonly opened: Opened | undefined;
  /** The groups that are granted only after a fresh log-in. Undefined: they are being read. */
  readonly fresh: readonly string[] | undefined;
}

/** Reads what a group would open to a user in some groups. Nothing for viewers who may not read it. */
export function useOpenedBy(held: readonly string[], group: string): Access {
  const mayView = useMayView();
  const mayOpen = useMayView('groups');
  const before = useData(
    ViewDocument,
    { groups: [...held] },
    { isEnabled: mayView ?? false, isKept: true },
  );
  const found = useData(
    OpenedDocument,
    { name: group, beside: [...held] },
    { isEnabled: mayOpen === true && group !== '', isKept: true },
  );
  const rows = before.data?.consoleView?.rows ?? [];
  const isLoading = mayView === undefined || before.isLoading;
  const fresh = rows.flatMap(({ coordinate, requirement }) =>
    coordinate.startsWith('Group.') && requirement.includes('maxAge:')
      ? [coordinate.slice('Group.'.length)]
      : [],
  );
  return {
    opened: found.isPlaceholderData ? undefined : found.data?.consoleGroup?.opened,
    fresh: isLoading ? undefined : fresh,
  };
}

/** How many are named at once. */
const named = 3;

interface OpenedByProps {
  readonly group: string;
  readonly opened: Opened;
}

/** Says what a group would open: root fields first. */
export function OpenedBy({ group, opened }: OpenedByProps) {
  if (opened.length === 0) return <p>{group} opens nothing more to this user.</p>;
  const names = new Set([...rootsOf(opened), ...opened].map(({ coordinate }) => coordinate));
  const list = (coordinates: readonly string[]) =>
    coordinates.map((coordinate, index) => (
      <span key={coordinate}>
        {index > 0 && ', '}
        <CoordinateText coordinate={coordinate} />
      </span>
    ));
  return (
    <details>
      <summary>
        {group} opens {countOpened(opened)} more: {list([...names].slice(0, named))}
        {names.size > named && ' …'}
      </summary>
      {names.size > named && <p className="all">{list([...names].slice(named))}</p>}
    </details>
  );
}
