import { SchemaGroupsDocument } from './access/access-documents.ts';
import { accessNeeds, accessParts } from './access/access-page.tsx';
import { WithheldDocument } from './account/account-documents.ts';
import { accountParts } from './account/account-parts.ts';
import { HealthDocument } from './health/health-documents.ts';
import { LogDocument } from './log/log-documents.ts';
import { overviewNeeds } from './overview/use-lines.ts';
import { PeopleDocument } from './people/people-documents.ts';
import { personParts } from './person/person-tabs.tsx';
import { ProgramsDocument } from './programs/program-documents.ts';
import type { PageName } from './route.ts';
import type { Need } from './use-allowed.ts';

interface SitePage {
  readonly title: string;
  /** Operations of which a viewer must be able to run one to use the page. */
  readonly needs: readonly Need[];
  /** What may follow the name of the page in its address: `:` stands for any text, such as an id. */
  readonly paths: readonly string[];
  /** Whether it is about the viewer, and not part of the navigation. */
  readonly isOwn?: true;
}

/** The pages. What shows them is in `current-page.tsx`: pages link to one another by this table. */
export const site: Readonly<Record<PageName, SitePage>> = {
  overview: {
    title: 'Overview',
    needs: [...overviewNeeds.values()].flat(),
    paths: [''],
  },
  people: {
    title: 'Users',
    needs: [{ run: PeopleDocument }],
    paths: ['', 'invitations', ':', ...personParts.map(({ name }) => `:/${name}`)],
  },
  groups: {
    title: 'Groups',
    needs: [{ run: SchemaGroupsDocument }],
    paths: ['', ':', ':/access'],
  },
  programs: {
    title: 'API clients',
    needs: [{ run: ProgramsDocument }],
    paths: ['', ':', ':/access'],
  },
  log: { title: 'Log', needs: [{ run: LogDocument }], paths: [''] },
  access: { title: 'Access', needs: accessNeeds, paths: ['', ...accessParts] },
  health: { title: 'Health', needs: [{ run: HealthDocument }], paths: [''] },
  account: {
    title: 'My account',
    needs: [{ run: WithheldDocument }],
    paths: accountParts.map(({ name }) => name),
    isOwn: true,
  },
};

/** Whether a page has such a part. */
export const hasPart = (page: PageName, path: readonly string[]): boolean =>
  site[page].paths.some((each) => {
    const parts = each === '' ? [] : each.split('/');
    return (
      parts.length === path.length &&
      parts.every((part, index) => part === ':' || part === path[index])
    );
  });
