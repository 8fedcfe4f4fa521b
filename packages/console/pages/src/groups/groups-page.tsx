import { useRoute } from '../route.ts';
import { GroupList } from './group-list.tsx';
import { GroupPage } from './group-page.tsx';

/** The groups of the schema, or one of them. */
export function GroupsPage() {
  const [name] = useRoute().path;
  return name === undefined ? <GroupList /> : <GroupPage key={name} name={name} />;
}
