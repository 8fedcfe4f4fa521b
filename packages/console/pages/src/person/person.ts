import type { PersonQuery } from '../generated/graphql.ts';

/** A user, as its page reads it. */
export type Person = NonNullable<PersonQuery['user']>;

/** A group that was granted to a user. */
export type Membership = NonNullable<Person['memberships']>[number];

/** What a dialog about a user is given. */
export interface PersonDialogProps {
  readonly person: Person;
  readonly onClose: () => void;
}
