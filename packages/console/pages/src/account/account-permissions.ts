import { useViewer } from '@graphql-gatehouse/client/react';
import { nilId } from '../nil-id.ts';
import { FactorsDocument } from '../person/factor-documents.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import {
  BeginPasskeyDocument,
  EnrolOtpDocument,
  RemoveFactorDocument,
  RenewRecoveryCodesDocument,
} from './account-documents.ts';

type Right = 'factors' | 'app' | 'passkey' | 'renew' | 'remove';

/** What a viewer may do with its own account. */
export type AccountPermissions = readonly Right[];

/** Reads what the viewer may do with its own account. */
export function useAccountPermissions() {
  const id = useViewer().principal?.id ?? nilId;
  const own = { of: 'factors', isOwn: true } as const;
  const proof = { proof: { password: '' } };
  return useAllowed(
    `account ${id}`,
    new Map<Right, readonly Need[]>([
      ['factors', [{ run: FactorsDocument, variables: { id }, ...own }]],
      ['app', [{ run: EnrolOtpDocument, variables: proof, ...own }]],
      ['passkey', [{ run: BeginPasskeyDocument, variables: proof, ...own }]],
      ['renew', [{ run: RenewRecoveryCodesDocument, variables: proof, ...own }]],
      ['remove', [{ run: RemoveFactorDocument, variables: { id: nilId }, ...own }]],
    ]),
  );
}
