import { useData } from '../data.tsx';
import { PersonName } from '../parts/person-name.tsx';
import { ProgramsDocument } from '../programs/program-documents.ts';
import { isKnownAction, toActionWords } from './action-words.ts';
import { UserNameDocument } from './log-documents.ts';
import type { LogFilter } from './log-filter.ts';
import { useLogPermissions } from './log-permissions.ts';

/** Says what the list shows. */
export const FilterWords = ({ filter }: { readonly filter: LogFilter }) => {
  const { action, actorId, subjectId } = filter;
  return (
    <p className="hint words quiet" role="status">
      {action !== undefined ? (
        <>
          Records of <Action action={action} />,{' '}
        </>
      ) : actorId !== undefined ? (
        <>
          What <Name id={actorId} /> did,{' '}
        </>
      ) : subjectId !== undefined ? (
        <>
          Records about <Name id={subjectId} />,{' '}
        </>
      ) : (
        'All records, '
      )}
      the latest first.
    </p>
  );
};

const Action = ({ action }: { readonly action: string }) =>
  isKnownAction(action) ? <>“{toActionWords(action)}”</> : <code>{action}</code>;

/** The name of a person or a program, or the id of something else, or where the viewer may not read names. */
function Name({ id }: { readonly id: string }) {
  const { data: may } = useLogPermissions();
  const { data: person, isLoading: isReading } = useData(
    UserNameDocument,
    { id },
    { isEnabled: may?.includes('names') === true },
  );
  const { data: programs, isLoading } = useData(
    ProgramsDocument,
    {},
    { isEnabled: may?.includes('programs') === true },
  );
  if (may === undefined || isReading || isLoading) return '…';
  if (person?.user?.id === id) return <PersonName person={person.user} />;
  const program = programs?.apiClients.find((each) => each.id === id);
  return program === undefined ? <code>{id}</code> : <bdi>{program.name}</bdi>;
}
