import type { ReactNode } from 'react';
import { useGroups } from '../groups/use-groups.ts';
import { Unread } from '../parts/states.tsx';
import { useRoute } from '../route.ts';
import { ChooseGroups } from './choose-groups.tsx';
import { PersonPart, SearchPerson } from './choose-person.tsx';
import { Choice } from './filters.tsx';
import { type Shown, Viewed } from './viewed.tsx';
import { useAllowedView } from './views.tsx';

type Kind = 'anonymous' | 'groups' | 'person';

const texts: Readonly<Record<Kind, string>> = {
  anonymous: 'An anonymous viewer',
  groups: 'A user in groups',
  person: 'A user',
};

/** What is kept of the address from one tab to the other. */
export const viewQuery = (query: URLSearchParams): Readonly<Record<string, string>> =>
  Object.fromEntries([...query].filter(([name]) => /^(?:as|groups|person|search)$/.test(name)));

function useKinds(): readonly Kind[] {
  const [mayView, maySearch, mayRead] = [
    useAllowedView('view'),
    useAllowedView('search'),
    useAllowedView('person'),
  ];
  if (!mayView) return [];
  return ['anonymous', 'groups', ...(maySearch && mayRead ? (['person'] as const) : [])];
}

interface AccessViewProps {
  /** What is shown of the chosen viewer. */
  readonly shown: Shown;
  /** What is shown of every kind of viewer. */
  readonly children: ReactNode;
  /** What else is chosen of it, on the line of the choice. */
  readonly beside?: ReactNode;
}

/** Chooses whose access is shown, and shows it: above the matrix and the operations alike. */
export function AccessView({ shown, children, beside }: AccessViewProps) {
  const kinds = useKinds();
  const { query } = useRoute();
  const kind = kinds.find((each) => each === query.get('as'));
  const groups = query.get('groups')?.split(',') ?? [];
  const readGroups = useGroups();
  const names = readGroups.data?.map(({ name }) => name);
  return (
    <>
      {(kinds.length > 0 || beside !== undefined) && (
        <div className="filters view-as">
          {kinds.length > 0 && (
            <Choice
              name="as"
              label="View as"
              none="Every kind of viewer"
              options={kinds.map((value) => ({ value, text: texts[value] }))}
            />
          )}
          {kind === undefined && beside}
          {kind === 'groups' && names && <ChooseGroups names={names} chosen={groups} />}
          {kind === 'person' && <SearchPerson />}
        </div>
      )}
      {kind === undefined ? (
        children
      ) : kind === 'groups' && names === undefined ? (
        <Unread error={readGroups.error} onRetry={readGroups.refetch} rows={14} />
      ) : kind === 'person' ? (
        <PersonPart id={query.get('person')} shown={shown} />
      ) : (
        <Viewed groups={kind === 'anonymous' ? null : groups} shown={shown} />
      )}
    </>
  );
}
