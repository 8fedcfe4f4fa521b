import { toHash } from '../route.ts';
import { usePages } from '../use-pages.ts';

/** A link to what a group can access, for those who may use that page. */
export function AccessLink({ group }: { readonly group: string }) {
  const { data: pages = [] } = usePages();
  if (!pages.includes('access')) return null;
  return (
    <a href={toHash(['groups', group, 'access'])} aria-label={`Access of ${group}`}>
      Access
    </a>
  );
}
