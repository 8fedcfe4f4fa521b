import { useMayView } from '../access/use-may-view.ts';
import { toHash } from '../route.ts';

/** A link to what a group can access, for those who may use that page. */
export function AccessLink({ group }: { readonly group: string }) {
  if (!useMayView()) return null;
  return (
    <a href={toHash(['groups', group, 'access'])} aria-label={`Access of ${group}`}>
      Access
    </a>
  );
}
