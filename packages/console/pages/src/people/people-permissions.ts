import { MembersDocument } from '../groups/group-documents.ts';
import { nilId } from '../nil-id.ts';
import { PersonDocument } from '../person/person-documents.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import { InvitationsDocument, InviteUserDocument } from './invitation-documents.ts';
import { CreateUserDocument, PeopleDocument, UserCountsDocument } from './people-documents.ts';

export type Permission =
  | 'last-seen'
  | 'disabled'
  | 'email'
  | 'id'
  | 'count'
  | 'members'
  | 'memberships'
  | 'create'
  | 'invite'
  | 'invitations';

const input = { username: '', password: '' };

const needs: ReadonlyMap<Permission, readonly Need[]> = new Map<Permission, readonly Need[]>([
  ['last-seen', [{ run: PeopleDocument, variables: { withLastSeen: true } }]],
  ['disabled', [{ run: PeopleDocument, variables: { onlyDisabled: true, includeDisabled: true } }]],
  ['email', [{ run: PeopleDocument, variables: { includeEmail: true } }]],
  ['id', [{ run: PersonDocument, variables: { id: nilId } }]],
  ['count', [{ run: UserCountsDocument }]],
  ['members', [{ run: MembersDocument, variables: { group: '' } }]],
  ['memberships', [{ run: MembersDocument, variables: { group: '', withMemberships: true } }]],
  ['create', [{ run: CreateUserDocument, variables: { input } }]],
  ['invite', [{ run: InviteUserDocument, variables: { input: { email: '' } }, of: 'mail' }]],
  ['invitations', [{ run: InvitationsDocument, of: 'mail' }]],
]);

/** Reads what the viewer may do with the list of people, beyond reading it. */
export const usePeoplePermissions = () => useAllowed('people', needs);
