import { useData } from '../data.tsx';
import { ProgramsDocument } from './program-documents.ts';
import { useProgramPermissions } from './program-permissions.ts';

/** Reads the programs, and what the viewer may do with them. */
export function usePrograms() {
  const allowed = useProgramPermissions();
  const may = allowed.data;
  const read = useData(
    ProgramsDocument,
    { withLastUsed: may?.includes('last-used') ?? false },
    { isEnabled: may !== undefined },
  );
  return {
    may,
    programs: read.data?.apiClients,
    error: allowed.error ?? read.error,
    refetch: () => (allowed.error ? allowed.refetch() : read.refetch()),
  };
}
