import { nilId } from '../nil-id.ts';
import { PeopleDocument } from '../people/people-documents.ts';
import { ProgramsDocument } from '../programs/program-documents.ts';
import { type Need, useAllowed } from '../use-allowed.ts';
import { ExportDocument, NewRecordsDocument, UserNameDocument } from './log-documents.ts';

type Permission = 'people' | 'names' | 'programs' | 'live' | 'export';

const needs: ReadonlyMap<Permission, readonly Need[]> = new Map<Permission, readonly Need[]>([
  ['people', [{ run: PeopleDocument }]],
  ['names', [{ run: UserNameDocument, variables: { id: nilId } }]],
  ['programs', [{ run: ProgramsDocument }]],
  ['live', [{ run: NewRecordsDocument }]],
  ['export', [{ run: ExportDocument }]],
]);

/** Reads what the viewer may do with the log, beyond reading it. */
export const useLogPermissions = () => useAllowed('log', needs);
