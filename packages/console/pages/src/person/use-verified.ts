import { useData } from '../data.tsx';
import { VerifiedEmailDocument } from './mail-documents.ts';
import type { PersonPermissions } from './person-permissions.ts';

/** Reads when a user confirmed the address, and what follows from it, as far as the viewer may. */
export const useVerified = (id: string, may: PersonPermissions) =>
  useData(
    VerifiedEmailDocument,
    { id, withResets: may.includes('resets-by') },
    { isEnabled: may.includes('verified') },
  );
