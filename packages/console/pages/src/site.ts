import type { ComponentType } from 'react';
import { SchemaGroupsDocument } from './access/access-documents.ts';
import { AccessPage, accessNeeds } from './access/access-page.tsx';
import { GroupsPage } from './groups/groups-page.tsx';
import { HealthDocument } from './health/health-documents.ts';
import { HealthPage } from './health/health-page.tsx';
import { LogDocument } from './log/log-documents.ts';
import { LogPage } from './log/log-page.tsx';
import { PeopleDocument } from './people/people-documents.ts';
import { PeoplePage } from './people/people-page.tsx';
import { ProgramsDocument } from './programs/program-documents.ts';
import { ProgramsPage } from './programs/programs-page.tsx';
import type { PageName } from './route.ts';
import type { Need } from './use-allowed.ts';

/** A page of the navigation. */
interface SitePage {
  readonly title: string;
  /** Operations of which a viewer must be able to run one to use the page. */
  readonly needs: readonly Need[];
  readonly Page: ComponentType;
}

export const site: Readonly<Record<PageName, SitePage>> = {
  people: { title: 'People', needs: [{ run: PeopleDocument }], Page: PeoplePage },
  groups: { title: 'Groups', needs: [{ run: SchemaGroupsDocument }], Page: GroupsPage },
  programs: { title: 'Programs', needs: [{ run: ProgramsDocument }], Page: ProgramsPage },
  log: { title: 'Log', needs: [{ run: LogDocument }], Page: LogPage },
  access: { title: 'Access', needs: accessNeeds, Page: AccessPage },
  health: { title: 'Health', needs: [{ run: HealthDocument }], Page: HealthPage },
};
