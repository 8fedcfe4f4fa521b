import { HealthMark } from './health/health-mark.tsx';
import { type PageName, toHash } from './route.ts';
import { site } from './site.ts';
import { useShownPage } from './use-pages.ts';

/** A link of the menu to a page. */
export function PageLink({ page }: { readonly page: PageName }) {
  const isCurrent = useShownPage() === page;
  return (
    <a href={toHash([page])} aria-current={isCurrent ? 'page' : undefined} onClick={closeMenus}>
      {site[page].title}
      {page === 'health' && <HealthMark />}
    </a>
  );
}

/** A link within the page leaves what is open above it. */
function closeMenus(): void {
  for (const menu of document.querySelectorAll<HTMLElement>('.menu, .account-menu')) {
    if (menu.matches(':popover-open')) menu.hidePopover();
  }
}
