import { RecordsOf } from '../log/records-of.tsx';
import { Fact } from '../parts/fact.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { UserState } from '../person/user-state.tsx';
import { toHash } from '../route.ts';
import { ProgramActions } from './program-actions.tsx';
import type { Program, ProgramPermissions } from './program-permissions.ts';
import { usePrograms } from './use-programs.ts';

/** A program: facts, changes, and what is recorded. */
export function ProgramPage({ id }: { readonly id: string }) {
  const { may, programs, error, refetch } = usePrograms();
  const program = programs?.find((each) => each.id === id);
  return (
    <Page
      title={program?.name ?? 'Program'}
      actions={
        program !== undefined && may !== undefined && <ProgramActions program={program} may={may} />
      }
    >
      {error || may === undefined || programs === undefined ? (
        <Unread error={error} onRetry={refetch} />
      ) : program === undefined ? (
        <Empty>
          There is no such program. <a href={toHash(['programs'])}>All programs</a>
        </Empty>
      ) : (
        <>
          <ProgramFacts program={program} may={may} />
          {may.includes('log') && <RecordsOf id={id} noun="program" />}
        </>
      )}
    </Page>
  );
}

interface ProgramFactsProps {
  readonly program: Program;
  readonly may: ProgramPermissions;
}

const ProgramFacts = ({ program, may }: ProgramFactsProps) => (
  <dl className="facts panel">
    <Fact name="State">
      <UserState disabledAt={program.disabledAt} />
    </Fact>
    <Fact name="Groups">
      <GroupTags groups={program.groups} />
    </Fact>
    {may.includes('last-used') && (
      <Fact name="Last use">
        <TimeOr at={program.lastUsedAt} none="never" isExact />
      </Fact>
    )}
    <Fact name="Created">
      <Time at={program.createdAt} isExact />
    </Fact>
    <Fact name="Id">
      <code>{program.id}</code>
    </Fact>
  </dl>
);
