import { ViewDocument } from '../access/access-documents.ts';
import { opennessOf } from '../access/openness.ts';
import { useMayView } from '../access/use-may-view.ts';
import { CoordinateText } from '../access/views.tsx';
import { useData } from '../data.tsx';

type Rows = readonly { readonly coordinate: string; readonly access: string }[];

/** Returns the coordinates that are wider open with other groups: those of root fields first. */
function widened(before: Rows, after: Rows): readonly string[] {
  const was = new Map(before.map(({ coordinate, access }) => [coordinate, access]));
  const found = after.filter(({ coordinate, access }) => {
    const earlier = was.get(coordinate) ?? '';
    return access !== earlier && opennessOf(earlier) !== 'open';
  });
  const isRoot = (coordinate: string) => /^(?:Query|Mutation|Subscription)\./.test(coordinate);
  return found
    .map(({ coordinate }) => coordinate)
    .toSorted((one, other) => Number(isRoot(other)) - Number(isRoot(one)));
}

interface Access {
  /** Undefined: it is being read, or no group was chosen. */
  readonly opened: readonly string[] | undefined;
  /** The groups that are granted only after a fresh log-in. Undefined: they are being read. */
  readonly fresh: readonly string[] | undefined;
}

/** Reads what a group would open to a user in some groups. Nothing for viewers who may not read it. */
export function useOpenedBy(held: readonly string[], group: string): Access {
  const mayView = useMayView();
  const isEnabled = mayView ?? false;
  const before = useData(ViewDocument, { groups: [...held] }, { isEnabled, isKept: true });
  const after = useData(
    ViewDocument,
    { groups: [...held, group] },
    { isEnabled: isEnabled && group !== '', isKept: true },
  );
  const rows = before.data?.consoleView?.rows ?? [];
  const isLoading = mayView === undefined || before.isLoading;
  const fresh = rows.flatMap(({ coordinate, requirement }) =>
    coordinate.startsWith('Group.') && requirement.includes('maxAge:')
      ? [coordinate.slice('Group.'.length)]
      : [],
  );
  const wider = after.isPlaceholderData ? undefined : after.data?.consoleView?.rows;
  return {
    opened: wider && widened(rows, wider),
    fresh: isLoading ? undefined : fresh,
  };
}

/** How many are named at once. */
const named = 3;

/** Says what a group would open. */
export function OpenedBy({
  group,
  opened,
}: {
  readonly group: string;
  readonly opened: readonly string[];
}) {
  if (opened.length === 0) return <p>{group} opens nothing more to this user.</p>;
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
        {group} opens {opened.length.toLocaleString()} more: {list(opened.slice(0, named))}
        {opened.length > named && ' …'}
      </summary>
      {opened.length > named && <p className="all">{list(opened.slice(named))}</p>}
    </details>
  );
}
