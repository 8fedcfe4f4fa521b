import { toHash } from '../route.ts';
import { usePages } from '../use-pages.ts';

/** The name of a group, as a link to its page for those who may use that. */
export function GroupLink({ group }: { readonly group: string }) {
  const { data: pages = [] } = usePages();
  return pages.includes('groups') ? <a href={toHash(['groups', group])}>{group}</a> : group;
}
