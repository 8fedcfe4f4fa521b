import { type Need, useAllowed } from '../use-allowed.ts';
import { InvitationsDocument, InviteUserDocument } from './invitation-documents.ts';
import { CreateUserDocument, PeopleDocument } from './people-documents.ts';

type Permission = 'last-seen' | 'disabled' | 'create' | 'invite' | 'invitations';

const input = { username: '', password: '' };

const needs: ReadonlyMap<Permission, readonly Need[]> = new Map<Permission, readonly Need[]>([
  ['last-seen', [{ run: PeopleDocument, variables: { withLastSeen: true } }]],
  ['disabled', [{ run: PeopleDocument, variables: { includeDisabled: true } }]],
  ['create', [{ run: CreateUserDocument, variables: { input } }]],
  ['invite', [{ run: InviteUserDocument, variables: { input: { email: '' } }, of: 'mail' }]],
  ['invitations', [{ run: InvitationsDocument, of: 'mail' }]],
]);

/** Reads what the viewer may do with the list of people, beyond reading it. */
export const usePeoplePermissions = () => useAllowed('people', needs);
