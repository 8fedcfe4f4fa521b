import { useRoute } from '../route.ts';
import { GroupList } from './group-list.tsx';
import { GroupPage } from './group-page.tsx';

export function GroupsPage() {
  const [name, part] = useRoute().path;
  return name === undefined ? <GroupList /> : <GroupPage key={name} name={name} part={part} />;
}
