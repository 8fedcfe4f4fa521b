import type { Membership } from './person.ts';
import { PersonLink } from './person-link.tsx';

/** Who gave a group: a person, what owns the membership, or what has no name any more. */
export function GrantedBy({ source, grantedBy }: Pick<Membership, 'source' | 'grantedBy'>) {
  if (grantedBy !== null) return <PersonLink person={grantedBy} />;
  return (
    <span className="quiet">
      {source === null ? 'the system, an API client or a deleted user' : sourceName(source)}
    </span>
  );
}

/** What a source is called: it begins with the name of its package. */
const sourceName = (source: string): string => source.slice(source.indexOf(':') + 1);
