import { useData } from '../data.tsx';
import { toHash } from '../route.ts';
import { OpenedDocument } from './access-documents.ts';
import { countOpened } from './opened.ts';
import { useAllowedView } from './views.tsx';

/** How much a group opens to a user in no group, with a link to what it is. */
export function Opens({ group }: { readonly group: string }) {
  const isEnabled = useAllowedView('groups');
  const { data } = useData(OpenedDocument, { name: group }, { isEnabled, isKept: true });
  if (!isEnabled) return null;
  const opened = data?.consoleGroup?.opened;
  return (
    <p>
      {group} opens{' '}
      <a href={toHash(['access', 'groups'], { name: group })}>
        {opened === undefined ? 'fields and inputs' : countOpened(opened)}
      </a>{' '}
      that are closed to a user in no group, or open with more conditions.
    </p>
  );
}
