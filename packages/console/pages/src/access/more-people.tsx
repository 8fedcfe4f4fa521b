import type { FindPeopleQuery } from '../generated/graphql.ts';

/** Says that a search has found more people than are listed. */
export const MorePeople = ({ users }: Partial<FindPeopleQuery>) =>
  users === undefined || (users.isComplete && !users.pageInfo.hasNextPage) ? null : (
    <p className="hint quiet" role="status">
      More users have such a name: type more of it.
    </p>
  );
