import { PersonPage } from '../person/person-page.tsx';
import { useRoute } from '../route.ts';
import { InvitationsPage } from './invitations-page.tsx';
import { PeopleList } from './people-list.tsx';

export function PeoplePage() {
  const [id, part] = useRoute().path;
  if (id === undefined) return <PeopleList />;
  if (id === 'invitations') return <InvitationsPage />;
  return <PersonPage key={id} id={id} part={part} />;
}
