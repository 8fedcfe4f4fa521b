import { GroupTags } from '../parts/group-tags.tsx';
import { Page } from '../parts/page.tsx';
import { Empty, Unread } from '../parts/states.tsx';
import { toHash } from '../route.ts';
import { AccessLink } from './access-link.tsx';
import { MembersPart } from './members-part.tsx';
import { toImplied, useGroups } from './use-groups.ts';

/** A group: what it means and implies, and who is in it. */
export function GroupPage({ name }: { readonly name: string }) {
  const { data: groups, error, refetch } = useGroups();
  const group = groups?.find((each) => each.name === name);
  return (
    <Page title={name} actions={group !== undefined && <AccessLink group={name} />}>
      {error || groups === undefined ? (
        <Unread error={error} onRetry={refetch} rows={4} />
      ) : group === undefined ? (
        <Empty>
          There is no such group. <a href={toHash(['groups'])}>All groups</a>
        </Empty>
      ) : (
        <>
          <dl className="facts panel">
            <dt>Meaning</dt>
            <dd>{group.description ?? <span className="quiet">not described</span>}</dd>
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
          <MembersPart group={name} />
        </>
      )}
    </Page>
  );
}
