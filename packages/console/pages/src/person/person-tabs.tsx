import { Tabs } from '../parts/tabs.tsx';
import { toHash } from '../route.ts';
import type { PersonPermissions } from './person-permissions.ts';

interface PersonTabsProps {
  readonly id: string;
  readonly part: string | undefined;
  readonly may: PersonPermissions;
}

/** The parts of the page of a user, beside its groups, each with the right that it needs. */
export const personParts = [
  { name: 'access', text: 'Access', needs: 'access' },
  { name: 'sessions', text: 'Sessions', needs: 'sessions' },
  { name: 'factors', text: 'Second factors', needs: 'factors' },
  { name: 'identities', text: 'Accounts elsewhere', needs: 'identities' },
  { name: 'log', text: 'Log', needs: 'log' },
  { name: 'details', text: 'Details', needs: 'person' },
] as const;

/** The links to the parts of the page of a user. */
export function PersonTabs({ id, part, may }: PersonTabsProps) {
  const shown = personParts.filter(({ needs }) => may.includes(needs));
  return (
    <Tabs
      label="Parts of this page"
      tabs={[
        {
          text: 'Groups',
          href: toHash(['people', id]),
          isCurrent: part === undefined,
        },
        ...shown.map(({ name, text }) => ({
          text,
          href: toHash(['people', id, name]),
          isCurrent: name === part,
        })),
      ]}
    />
  );
}
