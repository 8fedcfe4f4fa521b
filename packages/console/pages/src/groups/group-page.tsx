import { AccessOf } from '../access/access-of.tsx';
import { Opens } from '../access/opens.tsx';
import { useMayView } from '../access/use-may-view.ts';
import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { toHash } from '../route.ts';
import { MembersPart } from './members-part.tsx';
import { type GroupFacts, toImplied, useGroups } from './use-groups.ts';

interface GroupPageProps {
  readonly name: string;
  /** What is shown below the facts. The members by default. */
  readonly part: string | undefined;
}

/** A group: what it means and implies, who is in it, and what it opens. */
export function GroupPage({ name, part }: GroupPageProps) {
  const { data: groups, error, refetch } = useGroups();
  const mayView = useMayView();
  const group = groups?.find((each) => each.name === name);
  return (
    <Page title={name} part={part}>
      {error || groups === undefined || mayView === undefined ? (
        <Unread error={error} onRetry={refetch} rows={4} />
      ) : group === undefined ? (
        <Empty>
          There is no such group. <a href={toHash(['groups'])}>All groups</a>
        </Empty>
      ) : (
        <>
          <Facts group={group} groups={groups} />
          {mayView && <GroupTabs name={name} part={part} />}
          {part === 'access' ? (
            <AccessOf groups={[name]} path={['groups', name, 'access']}>
              <Opens group={name} />
            </AccessOf>
          ) : (
            <MembersPart group={name} />
          )}
        </>
      )}
    </Page>
  );
}

interface FactsProps {
  readonly group: GroupFacts;
  readonly groups: readonly GroupFacts[];
}

const Facts = ({ group: { name, description }, groups }: FactsProps) => (
  <dl className="facts panel">
    <dt>Meaning</dt>
    <dd>{description ?? <span className="quiet">not described</span>}</dd>
    <dt>Implies</dt>
    <dd>
      <GroupTags groups={toImplied(groups, name)} label="Implied groups" />
    </dd>
    <dt>Implied by</dt>
    <dd>
      <GroupTags
        groups={groups
          .map((each) => each.name)
          .filter((each) => toImplied(groups, each).includes(name))}
        label="Groups that imply it"
      />
    </dd>
  </dl>
);

const GroupTabs = ({ name, part }: GroupPageProps) => (
  <Tabs
    label="Parts of this page"
    tabs={[
      { text: 'Members', href: toHash(['groups', name]), isCurrent: part === undefined },
      { text: 'Access', href: toHash(['groups', name, 'access']), isCurrent: part === 'access' },
    ]}
  />
);
