import type { ComponentType } from 'react';
import { Page } from '../parts/page.tsx';
import { Refused } from '../parts/refused.tsx';
import { Unread } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { toHash, useRoute } from '../route.ts';
import { useAllowed } from '../use-allowed.ts';
import { viewQuery } from './access-view.tsx';
import { ChangesView } from './changes-view.tsx';
import { GroupView } from './group-view.tsx';
import { MatrixView } from './matrix-view.tsx';
import { OperationsView } from './operations-view.tsx';
import { UnusedView } from './unused-view.tsx';
import { AllowedViews, needs, type ViewName } from './views.tsx';
import { WaysView } from './ways-view.tsx';
import './access.css';

interface Part {
  readonly name: ViewName;
  readonly title: string;
  readonly View: ComponentType;
  /** Whether it is of one field or group, and no tab: what names the field or group leads to it. */
  readonly isOfOne?: true;
}

const parts: readonly Part[] = [
  { name: 'matrix', title: 'Matrix', View: MatrixView },
  { name: 'operations', title: 'Operations', View: OperationsView },
  { name: 'changes', title: 'Changes', View: ChangesView },
  { name: 'unused', title: 'Unused', View: UnusedView },
  { name: 'ways', title: 'Field', View: WaysView, isOfOne: true },
  { name: 'groups', title: 'Group', View: GroupView, isOfOne: true },
];

/** The names of the parts in addresses. */
export const accessParts = parts.map(({ name }) => name);

/** What a viewer needs to see one of the parts. */
export const accessNeeds = parts.flatMap(({ name }) => needs.get(name) ?? []);

/** Who can access what, in tabs. The address names the part: `#/access/ways`. */
export function AccessPage() {
  const {
    path: [named],
    query,
  } = useRoute();
  const { data: allowed, error, refetch } = useAllowed('access', needs);
  const open = parts.filter(({ name }) => allowed?.includes(name));
  const current = named === undefined ? open[0] : open.find(({ name }) => name === named);
  return (
    <Page title="Access" part={query.get('coordinate') ?? current?.title}>
      <Tabs
        label="Access"
        tabs={open
          .filter(({ isOfOne }) => !isOfOne)
          .map(({ name, title }) => ({
            text: title,
            // Whose access is shown stays the same.
            href: toHash(['access', name], viewQuery(query)),
            isCurrent: name === current?.name,
          }))}
      />
      <AllowedViews value={allowed ?? []}>
        {error || allowed === undefined ? (
          <Unread error={error} onRetry={refetch} rows={14} />
        ) : current === undefined ? (
          <Refused needs={accessNeeds}>Your groups may not use this page.</Refused>
        ) : (
          <current.View key={current.name} />
        )}
      </AllowedViews>
    </Page>
  );
}
