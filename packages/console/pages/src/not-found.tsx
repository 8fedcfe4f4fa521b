import { Page } from './parts/page.tsx';
import { Empty } from './parts/states.tsx';
import { type PageName, toHash } from './route.ts';
import { site } from './site.ts';

/** Shown for an address that names no page, with a link to the first that the viewer may use. */
export function NotFound({ allowed: [first] }: { readonly allowed: readonly PageName[] }) {
  return (
    <Page title="No such page">
      <Empty>
        There is no page <code>{window.location.hash}</code>.{' '}
        {first !== undefined && <a href={toHash([first])}>{site[first].title}</a>}
      </Empty>
    </Page>
  );
}
