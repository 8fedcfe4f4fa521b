import type { ReactNode } from 'react';
import { useData } from '../data.tsx';
import type { UnusedRightsQuery } from '../generated/graphql.ts';
import { Select } from '../parts/field.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { Time, toDay } from '../parts/time.tsx';
import { PersonLink } from '../person/person-link.tsx';
import { changeQuery, useRoute } from '../route.ts';
import { UnusedRightsDocument } from './access-documents.ts';
import { countedSince } from './counted-since.ts';
import { Filters } from './filters.tsx';
import { Coordinate } from './views.tsx';

const periods = ['30', '90', '365'];

/** What can be taken away: groups, rights and memberships that were not used. */
export function UnusedView() {
  const named = useRoute().query.get('days');
  const days = periods.find((each) => each === named) ?? '90';
  const { data, error, refetch } = useData(UnusedRightsDocument, { days: Number(days) });
  return (
    <>
      <Filters label="Choice of the time">
        <Select
          label="Time"
          value={days}
          options={periods.map((value) => ({ value, text: `The last ${value} days` }))}
          onChange={(event) => changeQuery({ days: event.currentTarget.value })}
        />
      </Filters>
      {error || data === undefined ? (
        <Unread error={error} onRetry={refetch} rows={12} />
      ) : (
        <Counted found={data.consoleUnusedRights} days={Number(days)}>
          <Unused found={data.consoleUnusedRights} />
        </Counted>
      )}
    </>
  );
}

type Found = UnusedRightsQuery['consoleUnusedRights'];

interface CountedProps {
  readonly found: Found;
  readonly days: number;
  /** What was not used. */
  readonly children: ReactNode;
}

const dayMs = 86_400_000;

/** Lists nothing while most of the time was not counted: almost everything would be unused. Who wants to see it can. */
function Counted({ found, days, children }: CountedProps) {
  const { query } = useRoute();
  const begun = countedSince(found);
  const countedMs = Date.parse(found.until) - begun.getTime();
  if (query.has('early') || countedMs > (days * dayMs) / 2) return children;
  return (
    <div className="empty">
      <p>
        {countedMs <= 0 ? (
          `Nothing was counted in the last ${days} days.`
        ) : (
          <>
            Counting began <Time at={begun.toISOString()} />. Come back on{' '}
            {toDay(new Date(begun.getTime() + days * dayMs).toISOString())} for {days} days.
          </>
        )}
      </p>
      <button type="button" onClick={() => changeQuery({ early: 'yes' })}>
        Show what has been counted so far
      </button>
    </div>
  );
}

function Unused({ found }: { readonly found: Found }) {
  const isKnown = found.gaps.length === 0;
  return (
    <div className="stack">
      <Gaps gaps={found.gaps} />
      <h2>{isKnown ? 'Unused groups' : 'Groups without a counted use'}</h2>
      <p>
        <GroupTags groups={found.groups} label="Groups without a use" />
      </p>
      <h2>{isKnown ? 'Unused rights of the other groups' : 'Rights without a counted use'}</h2>
      <Rows caption="Rights without a use" rows={found.unused} columns={[coordinate, group]} />
      <h2>Rights that another group of the viewer gave too, each time</h2>
      <Rows
        caption="Rights that another group gave too"
        rows={found.neverAlone}
        columns={[coordinate, group, times]}
      />
      <h2>{isKnown ? 'Unused memberships' : 'Memberships without a counted use'}</h2>
      {found.memberships.length === 0 ? (
        <Empty>There are no such memberships.</Empty>
      ) : (
        <PagedTable
          caption="Memberships without a use"
          columns={memberships}
          rows={found.memberships}
          keyOf={({ userId, group: held }) => `${userId} ${held}`}
        />
      )}
      {found.hasMoreMemberships && (
        <p className="hint">
          There are more than {found.memberships.length.toLocaleString()}. The longest unused ones
          are listed.
        </p>
      )}
    </div>
  );
}

const reasons: Readonly<Record<Found['gaps'][number]['reason'], string>> = {
  OFF: 'a node ran with ACCESS_COUNTS=off',
  NONE: 'no node ran that counts',
};

function Gaps({ gaps }: { readonly gaps: Found['gaps'] }) {
  if (gaps.length === 0) return null;
  return (
    <div className="panel">
      <p>Not all of this time was counted, so nothing below is known to be unused:</p>
      <ul>
        {gaps.map(({ from, to, reason }) => (
          <li key={from}>
            <Time at={from} isExact /> to <Time at={to} isExact />: {reasons[reason]}
          </li>
        ))}
      </ul>
    </div>
  );
}

type Right = Found['unused'][number];

const coordinate: Column<Right> = {
  head: 'Coordinate',
  isName: true,
  cell: (right) => <Coordinate coordinate={right.coordinate} />,
};
const group: Column<Right> = { head: 'Group', cell: (right) => right.group };
const times: Column<Right> = {
  head: 'Times',
  align: 'end',
  size: 'short',
  cell: ({ amongOthers }) => amongOthers?.toLocaleString(),
};

interface RowsProps {
  readonly caption: string;
  readonly rows: readonly Right[];
  readonly columns: readonly Column<Right>[];
}

const Rows = ({ caption, rows, columns }: RowsProps) =>
  rows.length === 0 ? (
    <Empty>There are no such rights.</Empty>
  ) : (
    <PagedTable
      caption={caption}
      columns={columns}
      rows={rows}
      keyOf={(right) => `${right.group} ${right.coordinate}`}
    />
  );

const memberships: readonly Column<Found['memberships'][number]>[] = [
  {
    head: 'User',
    isName: true,
    cell: ({ userId: id, username }) => (
      <PersonLink person={{ id, username, displayName: username }} />
    ),
  },
  { head: 'Group', cell: (membership) => membership.group },
  { head: 'Last used on', cell: ({ lastUsedOn }) => lastUsedOn ?? 'never' },
];
