import { ViewDocument } from '../access/access-documents.ts';
import type { ProgramsQuery } from '../generated/graphql.ts';
import { LogDocument } from '../log/log-documents.ts';
import { nilId } from '../nil-id.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import {
  CreateProgramDocument,
  DisableProgramDocument,
  ProgramsDocument,
  RotateSecretDocument,
} from './program-documents.ts';

/** A program that signs in with a secret: an API client. */
export type Program = ProgramsQuery['apiClients'][number];

type Permission = 'last-used' | 'create' | 'rotate' | 'disable' | 'log' | 'access';

/** What a viewer may do with programs. */
export type ProgramPermissions = readonly Permission[];

const needs: ReadonlyMap<Permission, readonly Need[]> = new Map<Permission, readonly Need[]>([
  ['last-used', [{ run: ProgramsDocument, variables: { withLastUsed: true } }]],
  ['create', [{ run: CreateProgramDocument, variables: { name: '', groups: [] } }]],
  ['rotate', [{ run: RotateSecretDocument, variables: { id: nilId } }]],
  ['disable', [{ run: DisableProgramDocument, variables: { id: nilId } }]],
  ['log', [{ run: LogDocument, variables: { actorId: nilId } }]],
  ['access', [{ run: ViewDocument, variables: { groups: [] } }]],
]);

/** Reads what the viewer may do with programs, beyond listing them. */
export const useProgramPermissions = () => useAllowed('programs', needs);
