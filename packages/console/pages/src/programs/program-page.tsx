import { AccessOf } from '../access/access-of.tsx';
import { RecordsOf } from '../log/records-of.tsx';
import { Fact } from '../parts/fact.tsx';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Time, TimeOr } from '../parts/time.tsx';
import { UserState } from '../person/user-state.tsx';
import { toHash } from '../route.ts';
import { FactorLacked, useUnprovableGroups } from './factor-lacked.tsx';
import { ProgramActions } from './program-actions.tsx';
import type { Program, ProgramPermissions } from './program-permissions.ts';
import { usePrograms } from './use-programs.ts';

interface ProgramPageProps {
  readonly id: string;
  /** What is shown below the facts. What is recorded by default. */
  readonly part: string | undefined;
}

/** A program: facts, changes, what is recorded, and what it can access. */
export function ProgramPage({ id, part }: ProgramPageProps) {
  const { may, programs, error, refetch } = usePrograms();
  const unprovable = useUnprovableGroups();
  const program = programs?.find((each) => each.id === id);
  const lacking = program?.groups.filter((group) => unprovable?.includes(group)) ?? [];
  return (
    <Page
      title={program?.name ?? 'API client'}
      part={part}
      actions={
        program !== undefined &&
        may !== undefined &&
        unprovable !== undefined && (
          <ProgramActions program={program} may={may} isFactorLacked={lacking.length > 0} />
        )
      }
    >
      {error || may === undefined || programs === undefined ? (
        <Unread error={error} onRetry={refetch} />
      ) : program === undefined ? (
        <Empty>
          There is no such API client. <a href={toHash(['programs'])}>All API clients</a>
        </Empty>
      ) : (
        <>
          <ProgramFacts program={program} may={may} />
          {lacking.length > 0 && program.disabledAt === null && may.includes('rotate') && (
            <FactorLacked groups={lacking} />
          )}
          {may.includes('access') && <ProgramTabs id={id} part={part} />}
          {part !== 'access' ? (
            may.includes('log') && <RecordsOf id={id} noun="API client" />
          ) : (
            <ProgramAccess program={program} />
          )}
        </>
      )}
    </Page>
  );
}

const ProgramTabs = ({ id, part }: ProgramPageProps) => (
  <Tabs
    label="Parts of this page"
    tabs={[
      { text: 'Log', href: toHash(['programs', id]), isCurrent: part === undefined },
      { text: 'Access', href: toHash(['programs', id, 'access']), isCurrent: part === 'access' },
    ]}
  />
);

const ProgramAccess = ({ program }: { readonly program: Program }) =>
  program.disabledAt === null ? (
    <section className="stack" aria-label="Access">
      <AccessOf groups={program.groups} path={['programs', program.id, 'access']}>
        <p className="quiet">
          An API client authenticates by its secret alone: what requires two factors is closed to
          it.
        </p>
      </AccessOf>
    </section>
  ) : (
    <Empty>This API client is disabled, and reaches only what is open to everyone.</Empty>
  );

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
