import { FindPeopleDocument, MatrixDocument } from '../access/access-documents.ts';
import { needs as accessNeeds } from '../access/views.tsx';
import { useData } from '../data.tsx';
import { useGroups } from '../groups/use-groups.ts';
import { ProgramsDocument } from '../programs/program-documents.ts';
import { toHash } from '../route.ts';
import { site } from '../site.ts';
import { useAllowed } from '../use-allowed.ts';
import { usePages } from '../use-pages.ts';
import { tasks } from './tasks.ts';

/** Something that was found, with its page. */
export interface Found {
  readonly kind: 'Page' | 'Task' | 'Group' | 'User' | 'API client' | 'Field';
  readonly text: string;
  readonly href: string;
}

/** The most of one kind that are shown. */
const most = 6;

const taskNeeds = new Map(tasks.map(({ text, needs }) => [text, [needs]]));

/** Finds what contains a text, among what the viewer may open. */
export function useFound(typed: string) {
  const text = typed.trim().toLowerCase();
  const isTyped = text !== '';
  const { data: pages = [] } = usePages();
  const { data: access = [] } = useAllowed('access', accessNeeds);
  const { data: mayDo = [] } = useAllowed('tasks', taskNeeds);
  const { data: groups = [] } = useGroups();
  const mayRead = {
    people: isTyped && pages.includes('people') && access.includes('search'),
    programs: isTyped && pages.includes('programs'),
    fields: isTyped && access.includes('matrix') && access.includes('ways'),
  };
  const people = useData(FindPeopleDocument, { search: text }, { isEnabled: mayRead.people });
  const programs = useData(ProgramsDocument, {}, { isEnabled: mayRead.programs, isKept: true });
  const matrix = useData(MatrixDocument, {}, { isEnabled: mayRead.fields, isKept: true });
  const isIn = (each: string) => each.toLowerCase().includes(text);
  const ofKind = (
    kind: Found['kind'],
    found: readonly { readonly text: string; readonly href: string }[] = [],
  ): readonly Found[] =>
    found.slice(0, most).map(({ text: name, href }) => ({ kind, text: name, href }));
  const found = isTyped
    ? [
        ...ofKind(
          'Page',
          pages
            .map((page) => ({ text: site[page].title, href: toHash([page]) }))
            .filter((page) => isIn(page.text)),
        ),
        ...ofKind(
          'Task',
          tasks.filter(
            ({ text: task, page, words }) =>
              pages.includes(page) && mayDo.includes(task) && isIn(`${task} ${words}`),
          ),
        ),
        ...ofKind(
          'Group',
          pages.includes('groups')
            ? groups
                .filter(({ name }) => isIn(name))
                .map(({ name }) => ({ text: name, href: toHash(['groups', name]) }))
            : [],
        ),
        ...ofKind(
          'User',
          people.data?.users.edges.map(({ node: { id, username, displayName } }) => ({
            text: displayName === username ? username : `${displayName} (${username})`,
            href: toHash(['people', id]),
          })),
        ),
        ...ofKind(
          'API client',
          programs.data?.apiClients
            .filter(({ id, name }) => isIn(name) || id === text)
            .map(({ id, name }) => ({ text: name, href: toHash(['programs', id]) })),
        ),
        ...ofKind(
          'Field',
          matrix.data?.consoleMatrix.rows
            .filter(({ coordinate }) => isIn(coordinate))
            .map(({ coordinate }) => ({
              text: coordinate,
              href: toHash(['access', 'ways'], { coordinate }),
            })),
        ),
      ]
    : [];
  const reads = [people, programs, matrix];
  return {
    found,
    isReading: reads.some((read) => read.isFetching),
    error: reads.find((read) => read.error)?.error,
  };
}
