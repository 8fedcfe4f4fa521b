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

/** Reads whose access is shown. Undefined: that of every kind of viewer. */
export function useViewedKind(): Kind | undefined {
  const chosen = useRoute().query.get('as');
  const kinds = useKinds();
  return kinds.find((kind) => kind === chosen);
}

function useKinds(): readonly Kind[] {
  const [mayView, maySearch, mayRead] = [
    useAllowedView('view'),
    useAllowedView('search'),
    useAllowedView('person'),
  ];
  if (!mayView) return [];
  return ['anonymous', 'groups', ...(maySearch && mayRead ? (['person'] as const) : [])];
}

const useGroupsInAddress = (): readonly string[] =>
  useRoute().query.get('groups')?.split(',') ?? [];

/** Chooses whose access is shown, above the matrix and the operations alike. */
export function ViewBar() {
  const kind = useViewedKind();
  const groups = useGroupsInAddress();
  const kinds = useKinds();
  if (kinds.length === 0) return null;
  return (
    <div className="filters">
      <Choice
        name="as"
        label="View as"
        none="Every kind of viewer"
        options={kinds.map((value) => ({ value, text: texts[value] }))}
      />
      {kind === 'groups' && <ChooseGroups chosen={groups} />}
      {kind === 'person' && <SearchPerson />}
    </div>
  );
}

interface ViewedAsProps {
  readonly kind: Kind;
  readonly shown: Shown;
}

/** What the chosen viewer can access. */
export function ViewedAs({ kind, shown }: ViewedAsProps) {
  const groups = useGroupsInAddress();
  const person = useRoute().query.get('person');
  return kind === 'person' ? (
    <PersonPart id={person} shown={shown} />
  ) : (
    <Viewed groups={kind === 'anonymous' ? null : groups} shown={shown} />
  );
}
