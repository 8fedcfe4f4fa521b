import { Field } from '../parts/field.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { PagedTable } from '../parts/paged-table.tsx';
import { Empty, Failed, Unread } from '../parts/states.tsx';
import type { Column } from '../parts/table.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { useTyped } from '../parts/use-typed.ts';
import { UserState } from '../person/user-state.tsx';
import { changeQuery, useRoute } from '../route.ts';
import { CreateProgramDialog } from './create-program-dialog.tsx';
import { ProgramLink } from './program-link.tsx';
import type { Program } from './program-permissions.ts';
import { usePrograms } from './use-programs.ts';

/** The programs, those that may sign in first, with a search. */
export function ProgramList() {
  const { may, programs, error, refetch } = usePrograms();
  const { dialog, open } = useDialog();
  if (may === undefined || programs === undefined) {
    return (
      <Page title="API clients">
        <Unread error={error} onRetry={refetch} rows={10} />
      </Page>
    );
  }
  return (
    <Page
      title="API clients"
      actions={
        may.includes('create') && (
          <button
            type="button"
            className="main"
            onClick={() => open((onClose) => <CreateProgramDialog onClose={onClose} />)}
          >
            Create an API client
          </button>
        )
      }
    >
      <ProgramFilter />
      {error ? (
        <Failed error={error} onRetry={refetch} />
      ) : (
        <ProgramTable programs={programs} withLastUsed={may.includes('last-used')} />
      )}
      {dialog}
    </Page>
  );
}

function ProgramFilter() {
  const { text, type } = useTyped(useSearch(), (search) => changeQuery({ search }));
  return (
    <search className="filters" aria-label="API clients">
      <Field
        label="Name"
        name="search"
        type="search"
        maxLength={200}
        autoComplete="off"
        value={text}
        onChange={({ currentTarget }) => type(currentTarget.value)}
      />
    </search>
  );
}

const useSearch = (): string => useRoute().query.get('search') ?? '';

interface ProgramTableProps {
  readonly programs: readonly Program[];
  readonly withLastUsed: boolean;
}

function ProgramTable({ programs, withLastUsed }: ProgramTableProps) {
  const search = useSearch();
  const found = programs.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  if (found.length === 0) {
    return <Empty>{search ? 'No API client has such a name.' : 'There are no API clients.'}</Empty>;
  }
  return (
    <PagedTable
      filter={search}
      caption="API clients"
      columns={withLastUsed ? [...columns.slice(0, 2), lastUsed, ...columns.slice(2)] : columns}
      rows={[...found.filter(isActive), ...found.filter((program) => !isActive(program))]}
      keyOf={({ id }) => id}
    />
  );
}

const isActive = ({ disabledAt }: Program): boolean => disabledAt === null;

const columns: readonly Column<Program>[] = [
  { head: 'Name', isName: true, cell: (program) => <ProgramLink program={program} /> },
  { head: 'Groups', cell: ({ groups }) => <GroupTags groups={groups} /> },
  { head: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { head: 'State', cell: ({ disabledAt }) => <UserState disabledAt={disabledAt} /> },
];

const lastUsed: Column<Program> = {
  head: 'Last use',
  cell: ({ lastUsedAt }) => <TimeOr at={lastUsedAt} none="never" />,
};
