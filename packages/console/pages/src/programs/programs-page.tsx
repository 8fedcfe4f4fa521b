import { useRoute } from '../route.ts';
import { ProgramList } from './program-list.tsx';
import { ProgramPage } from './program-page.tsx';

export function ProgramsPage() {
  const [id, part] = useRoute().path;
  return id === undefined ? <ProgramList /> : <ProgramPage key={id} id={id} part={part} />;
}
