import { useViewer } from '@graphql-gatehouse/client/react';
import { nilId } from '../nil-id.ts';
import { FactorsDocument } from '../person/factor-documents.ts';
import { IdentitiesDocument } from '../person/identity-documents.ts';
import { PersonDocument } from '../person/person-documents.ts';
import { SessionsDocument } from '../person/session-documents.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import {
  BeginPasskeyDocument,
  ChangeEmailDocument,
  ChangePasswordDocument,
  EnrolOtpDocument,
  HistoryDocument,
  LinkProviderDocument,
  RemoveFactorDocument,
  RenewRecoveryCodesDocument,
  RequestVerificationDocument,
  UnlinkProviderDocument,
} from './account-documents.ts';

type OfFactors = 'factors' | 'app' | 'passkey' | 'renew' | 'remove';
type OfProviders = 'identities' | 'link' | 'unlink';
type Right =
  | 'memberships'
  | 'password'
  | 'sessions'
  | 'history'
  | 'mail-new-address'
  | 'mail-confirmation'
  | OfFactors
  | OfProviders;

/** What a viewer may do with its own account. */
export type AccountPermissions = readonly Right[];

/** Reads what the viewer may do with its own account. */
export function useAccountPermissions() {
  const id = useViewer().principal?.id ?? nilId;
  return useAllowed(
    `account ${id}`,
    new Map<Right, readonly Need[]>([...needsOf(id), ...factorNeedsOf(id), ...providerNeedsOf(id)]),
  );
}

const isOwn = true;
const proof = { proof: { password: '' } };

const needsOf = (id: string): readonly (readonly [Right, readonly Need[]])[] => [
  ['memberships', [{ run: PersonDocument, variables: { id, withMemberships: true }, isOwn }]],
  [
    'password',
    [{ run: ChangePasswordDocument, variables: { currentPassword: '', newPassword: '' }, isOwn }],
  ],
  ['sessions', [{ run: SessionsDocument, variables: { id }, isOwn }]],
  ['history', [{ run: HistoryDocument, isOwn }]],
  [
    'mail-new-address',
    [{ run: ChangeEmailDocument, variables: { email: '', ...proof }, of: 'mail', isOwn }],
  ],
  ['mail-confirmation', [{ run: RequestVerificationDocument, of: 'mail', isOwn }]],
];

const factorNeedsOf = (id: string): readonly (readonly [OfFactors, readonly Need[]])[] => {
  const own = { of: 'factors', isOwn } as const;
  return [
    ['factors', [{ run: FactorsDocument, variables: { id }, ...own }]],
    ['app', [{ run: EnrolOtpDocument, variables: proof, ...own }]],
    ['passkey', [{ run: BeginPasskeyDocument, variables: proof, ...own }]],
    ['renew', [{ run: RenewRecoveryCodesDocument, variables: proof, ...own }]],
    ['remove', [{ run: RemoveFactorDocument, variables: { id: nilId }, ...own }]],
  ];
};

const providerNeedsOf = (id: string): readonly (readonly [OfProviders, readonly Need[]])[] => {
  const own = { of: 'providers', isOwn } as const;
  return [
    ['identities', [{ run: IdentitiesDocument, variables: { id }, ...own }]],
    ['link', [{ run: LinkProviderDocument, variables: { code: '', ...proof }, ...own }]],
    ['unlink', [{ run: UnlinkProviderDocument, variables: { id: nilId }, ...own }]],
  ];
};
