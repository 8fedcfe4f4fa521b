import { useViewer } from '@graphql-gatehouse/client/react';
import { ViewDocument } from '../access/access-documents.ts';
import { LogDocument } from '../log/log-documents.ts';
import { nilId } from '../nil-id.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import {
  FactorsDocument,
  OpenEnrolmentDocument,
  ResetFactorsDocument,
} from './factor-documents.ts';
import { IdentitiesDocument, SetIdentityDisabledDocument } from './identity-documents.ts';
import { SendPasswordResetDocument, VerifiedEmailDocument } from './mail-documents.ts';
import {
  DeleteUserDocument,
  DisableUserDocument,
  EnableUserDocument,
  PersonDocument,
  ResetPasswordDocument,
  UpdateUserDocument,
} from './person-documents.ts';
import { EndSessionDocument, SessionsDocument } from './session-documents.ts';

type Read =
  | 'person'
  | 'access'
  | 'email'
  | 'last-seen'
  | 'memberships'
  | 'sessions'
  | 'factors'
  | 'identities'
  | 'verified'
  | 'resets-by'
  | 'log';
type Change =
  | 'rename'
  | 'change-username'
  | 'change-email'
  | 'disable'
  | 'enable'
  | 'delete'
  | 'reset-password'
  | 'send-reset'
  | 'end-sessions'
  | 'reset-factors'
  | 'open-enrolment'
  | 'disable-identity';

/** What a viewer may do with a user. */
export type PersonPermissions = readonly (Read | Change)[];

/** Reads what the viewer may do with a user. */
export function usePersonPermissions(id: string) {
  const isOwn = useViewer().principal?.id === id;
  return useAllowed(
    `person ${id}`,
    new Map<Read | Change, readonly Need[]>([...readsOf(id, isOwn), ...changesOf(id)]),
  );
}

/** Returns the operations that a part of the page of another user needs. */
export const needsOf = (id: string, right: Read | undefined): readonly Need[] =>
  new Map(readsOf(id, false)).get(right ?? 'person') ?? [];

/** What a user can access is for those who may read both its groups and what groups open. */
const accessOf = (groups: Need): readonly Need[] => [
  { run: ViewDocument, variables: { groups: [] }, and: groups },
];

const readsOf = (id: string, isOwn: boolean): readonly (readonly [Read, readonly Need[]])[] => [
  ['person', [{ run: PersonDocument, variables: { id }, isOwn }]],
  ['email', [{ run: PersonDocument, variables: { id, withEmail: true }, isOwn }]],
  ['last-seen', [{ run: PersonDocument, variables: { id, withLastSeen: true }, isOwn }]],
  ['memberships', [{ run: PersonDocument, variables: { id, withMemberships: true }, isOwn }]],
  ['access', accessOf({ run: PersonDocument, variables: { id, withMemberships: true }, isOwn })],
  ['sessions', [{ run: SessionsDocument, variables: { id }, isOwn }]],
  ['factors', [{ run: FactorsDocument, variables: { id }, isOwn, of: 'factors' }]],
  ['identities', [{ run: IdentitiesDocument, variables: { id }, isOwn, of: 'providers' }]],
  ['verified', [{ run: VerifiedEmailDocument, variables: { id }, isOwn, of: 'mail' }]],
  [
    'resets-by',
    [{ run: VerifiedEmailDocument, variables: { id, withResets: true }, isOwn, of: 'mail' }],
  ],
  ['log', [{ run: LogDocument, variables: { actorId: id } }]],
];

const changesOf = (id: string): readonly (readonly [Change, readonly Need[]])[] => [
  ['rename', [{ run: UpdateUserDocument, variables: { id, input: { displayName: '' } } }]],
  ['change-username', [{ run: UpdateUserDocument, variables: { id, input: { username: '' } } }]],
  ['change-email', [{ run: UpdateUserDocument, variables: { id, input: { email: '' } } }]],
  ['disable', [{ run: DisableUserDocument, variables: { id } }]],
  ['enable', [{ run: EnableUserDocument, variables: { id } }]],
  ['delete', [{ run: DeleteUserDocument, variables: { id } }]],
  ['reset-password', [{ run: ResetPasswordDocument, variables: { id, newPassword: '' } }]],
  ['send-reset', [{ run: SendPasswordResetDocument, variables: { userId: id }, of: 'mail' }]],
  ['end-sessions', [{ run: EndSessionDocument, variables: { id: nilId } }]],
  ['reset-factors', [{ run: ResetFactorsDocument, variables: { userId: id }, of: 'factors' }]],
  ['open-enrolment', [{ run: OpenEnrolmentDocument, variables: { userId: id }, of: 'factors' }]],
  [
    'disable-identity',
    [
      {
        run: SetIdentityDisabledDocument,
        variables: { id: nilId, disabled: true },
        of: 'providers',
      },
    ],
  ],
];
