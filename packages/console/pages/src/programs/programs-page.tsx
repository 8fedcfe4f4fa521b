import { useRoute } from '../route.ts';
import { ProgramList } from './program-list.tsx';
import { ProgramPage } from './program-page.tsx';

export function ProgramsPage() {
  const [id] = useRoute().path;
  return id === undefined ? <ProgramList /> : <ProgramPage key={id} id={id} />;
}
