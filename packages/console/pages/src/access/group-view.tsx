import { useState } from 'react';
import { useData } from '../data.tsx';
import type { OpenedQuery } from '../generated/graphql.ts';
import { useGroups } from '../groups/use-groups.ts';
import { Select } from '../parts/field.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { changeQuery, useRoute } from '../route.ts';
import { OpenedDocument } from './access-documents.ts';
import { Count, Filters, useText } from './filters.tsx';
import { Outcome } from './marked.tsx';
import { countOpened, rootsOf } from './opened.ts';
import { ShownPart, useIsOfOperations } from './shown-part.tsx';
import { VerdictTable } from './verdict-table.tsx';
import { Coordinate } from './views.tsx';

export function GroupView() {
  const name = useRoute().query.get('name');
  const { data: groups, error, refetch } = useGroups();
  if (error || groups === undefined) return <Unread error={error} onRetry={refetch} rows={12} />;
  const shown = name ?? groups[0]?.name;
  if (shown === undefined) return <Empty>The schema has no groups.</Empty>;
  return (
    <>
      <Filters label="Choice of the group">
        <Select
          label="Group"
          value={shown}
          options={groups.map((group) => group.name)}
          onChange={(event) => changeQuery({ name: event.currentTarget.value, text: undefined })}
        />
        <ShownPart />
      </Filters>
      <Opened
        key={shown}
        name={shown}
        description={groups.find((group) => group.name === shown)?.description ?? null}
      />
    </>
  );
}

interface OpenedProps {
  readonly name: string;
  readonly description: string | null;
}

function Opened({ name, description }: OpenedProps) {
  const isOfOperations = useIsOfOperations();
  const { data, error, refetch } = useData(OpenedDocument, { name }, { isKept: true });
  if (error || data === undefined) return <Unread error={error} onRetry={refetch} rows={12} />;
  const { consoleGroup: found } = data;
  if (found === null) return <Empty>The schema has no group {name}.</Empty>;
  return (
    <div className="stack">
      {description !== null && <p>{description}</p>}
      <dl className="facts">
        <dt>Implies</dt>
        <dd>
          <GroupTags groups={found.implies} label={`Groups that ${name} implies`} />
        </dd>
        <dt>Opens</dt>
        <dd>
          {countOpened(found.opened)} that are closed to a user in no group, or open with more
          conditions. With those that every user reaches, it reaches{' '}
          {found.reached.toLocaleString()}.
        </dd>
      </dl>
      {isOfOperations ? (
        <VerdictTable operations={found.operations} problems={found.problems} />
      ) : (
        <OpenedTable opened={found.opened} name={name} />
      )}
    </div>
  );
}

type Reached = NonNullable<OpenedQuery['consoleGroup']>['opened'][number];

const columns: readonly Column<Reached>[] = [
  {
    head: 'Coordinate',
    isName: true,
    cell: ({ coordinate }) => <Coordinate coordinate={coordinate} />,
  },
  { head: 'Result', cell: ({ verdict }) => <Outcome text={verdict} isWhole /> },
  { head: 'Way', cell: ({ way }) => <code className="quiet">{way.join(' → ')}</code> },
];

function OpenedTable({
  opened,
  name,
}: {
  readonly opened: readonly Reached[];
  readonly name: string;
}) {
  const { text, field } = useText();
  const [isWhole, setIsWhole] = useState(false);
  if (opened.length === 0) return <Empty>It opens nothing that is closed without it.</Empty>;
  const typed = text.trim().toLowerCase();
  const roots = rootsOf(opened);
  const areRootsAlone = typed === '' && !isWhole && roots.length > 0;
  const shown = areRootsAlone
    ? roots
    : opened.filter(({ coordinate }) => coordinate.toLowerCase().includes(typed));
  return (
    <>
      <Filters label={`Filters of what ${name} opens`}>{field}</Filters>
      <Count shown={shown.length} all={opened.length} />
      {shown.length === 0 ? (
        <Empty>Nothing matches. Enter another text.</Empty>
      ) : (
        <PagedTable
          filter={typed}
          caption={`What ${name} opens`}
          columns={columns}
          rows={shown}
          keyOf={({ coordinate }) => coordinate}
        />
      )}
      {areRootsAlone && roots.length < opened.length && (
        <div className="actions">
          <button type="button" onClick={() => setIsWhole(true)}>
            Also show {(opened.length - roots.length).toLocaleString()} below them
          </button>
        </div>
      )}
    </>
  );
}
