import { useGroups } from '../groups/use-groups.ts';
import { Loading } from '../parts/states.tsx';
import { useRoute } from '../route.ts';
import { ChooseGroups } from './choose-groups.tsx';
import { PersonPart, SearchPerson } from './choose-person.tsx';
import { Choice } from './filters.tsx';
import { ShownPart } from './shown-part.tsx';
import { Viewed } from './viewed.tsx';
import { useAllowedView } from './views.tsx';

/** What one kind of viewer, or one person, can access. */
export function ViewAs() {
  const { query } = useRoute();
  const [maySearch, mayRead] = [useAllowedView('search'), useAllowedView('person')];
  const person = query.get('person');
  const kind = query.get('as') ?? (person === null ? 'groups' : 'person');
  const groups = query.get('groups')?.split(',') ?? [];
  const { isLoading } = useGroups();
  // The boxes of the groups would move what is below them.
  if (isLoading) return <Loading rows={14} />;
  return (
    <>
      <div className="filters">
        <Choice
          name="as"
          label="View as"
          none="A user in groups"
          options={[
            { value: 'anonymous', text: 'An anonymous viewer' },
            ...(maySearch && mayRead ? [{ value: 'person', text: 'A person' }] : []),
          ]}
        />
        {kind === 'groups' && <ChooseGroups chosen={groups} />}
        {kind === 'person' && maySearch && <SearchPerson />}
        <ShownPart />
      </div>
      {kind === 'person' ? (
        <PersonPart id={person} />
      ) : (
        <Viewed groups={kind === 'anonymous' ? null : groups} />
      )}
    </>
  );
}
