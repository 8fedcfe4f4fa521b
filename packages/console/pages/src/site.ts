import type { ComponentType } from 'react';
import { SchemaGroupsDocument } from './access/access-documents.ts';
import { AccessPage, accessNeeds, accessTabs } from './access/access-page.tsx';
import { WithheldDocument } from './account/account-documents.ts';
import { AccountPage } from './account/account-page.tsx';
import { GroupsPage } from './groups/groups-page.tsx';
import { HealthDocument } from './health/health-documents.ts';
import { HealthPage } from './health/health-page.tsx';
import { LogDocument } from './log/log-documents.ts';
import { LogPage } from './log/log-page.tsx';
import { PeopleDocument } from './people/people-documents.ts';
import { PeoplePage } from './people/people-page.tsx';
import { personParts } from './person/person-tabs.tsx';
import { ProgramsDocument } from './programs/program-documents.ts';
import { ProgramsPage } from './programs/programs-page.tsx';
import type { PageName } from './route.ts';
import type { Need } from './use-allowed.ts';

/** A page of the console. */
interface SitePage {
  readonly title: string;
  /** Operations of which a viewer must be able to run one to use the page. */
  readonly needs: readonly Need[];
  /** What may follow the name of the page in its address: `:` stands for any text, such as an id. */
  readonly paths: readonly string[];
  /** Whether it is about the viewer, and not part of the navigation. */
  readonly isOwn?: true;
  readonly Page: ComponentType;
}

export const site: Readonly<Record<PageName, SitePage>> = {
  people: {
    title: 'People',
    needs: [{ run: PeopleDocument }],
    paths: ['', 'invitations', ':', ...personParts.map(({ name }) => `:/${name}`)],
    Page: PeoplePage,
  },
  groups: {
    title: 'Groups',
    needs: [{ run: SchemaGroupsDocument }],
    paths: ['', ':'],
    Page: GroupsPage,
  },
  programs: {
    title: 'Programs',
    needs: [{ run: ProgramsDocument }],
    paths: ['', ':'],
    Page: ProgramsPage,
  },
  log: { title: 'Log', needs: [{ run: LogDocument }], paths: [''], Page: LogPage },
  access: { title: 'Access', needs: accessNeeds, paths: ['', ...accessTabs], Page: AccessPage },
  health: { title: 'Health', needs: [{ run: HealthDocument }], paths: [''], Page: HealthPage },
  account: {
    title: 'My account',
    needs: [{ run: WithheldDocument }],
    paths: [''],
    isOwn: true,
    Page: AccountPage,
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
