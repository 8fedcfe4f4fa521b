import type { TypedDocument } from '@gatehouse/client';
import type { ComponentType } from 'react';
import { MatrixDocument, SchemaGroupsDocument } from './access/access-documents.ts';
import { AccessPage } from './access/access-page.tsx';
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

/** A page of the navigation. */
interface SitePage {
  readonly title: string;
  /** The operation that a viewer must be able to run to use the page. */
  readonly needs: TypedDocument<unknown, object>;
  readonly Page: ComponentType;
}

export const site: Readonly<Record<PageName, SitePage>> = {
  people: { title: 'People', needs: PeopleDocument, Page: PeoplePage },
  groups: { title: 'Groups', needs: SchemaGroupsDocument, Page: GroupsPage },
  programs: { title: 'Programs', needs: ProgramsDocument, Page: ProgramsPage },
  log: { title: 'Log', needs: LogDocument, Page: LogPage },
  access: { title: 'Access', needs: MatrixDocument, Page: AccessPage },
  health: { title: 'Health', needs: HealthDocument, Page: HealthPage },
};
