import { FindPeopleDocument } from '../access/access-documents.ts';
import { useData } from '../data.tsx';
import { ProgramsDocument } from '../programs/program-documents.ts';
import { useLogPermissions } from './log-permissions.ts';

const maxPrograms = 10;

/** Reads the people and programs with a name. Empty: none are read. */
export function useFound(search: string) {
  const { data: may } = useLogPermissions();
  const mayRead = (what: 'people' | 'programs') => search !== '' && may?.includes(what) === true;
  const people = useData(FindPeopleDocument, { search }, { isEnabled: mayRead('people') });
  const programs = useData(ProgramsDocument, {}, { isEnabled: mayRead('programs') });
  return {
    found: [
      ...(people.data?.users.edges.map(({ node }) => node) ?? []),
      ...(programs.data?.apiClients ?? [])
        .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()))
        .slice(0, maxPrograms)
        .map(({ id, name }) => ({ id, username: name, displayName: name })),
    ],
    /** The page of people, which may not be all. */
    users: people.data?.users,
    isLoading: people.isLoading || programs.isLoading,
    error: people.error ?? programs.error,
    refetch: () => Promise.all([people.refetch(), programs.refetch()]),
  };
}
