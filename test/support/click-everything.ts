import type { Locator, Page } from 'playwright-core';
import type { PageTraffic } from './page-traffic.ts';

/** The roles of controls (WAI-ARIA) that a page can have. */
const roles = ['link', 'button', 'textbox', 'searchbox', 'checkbox', 'combobox'] as const;

/** One control of a page, as a person finds it: its role, its name, and which of several with this name. */
interface Control {
  readonly role: (typeof roles)[number];
  readonly name: string;
  readonly nth: number;
}

/** A page of a front end, by its URL. */
export interface Visit {
  readonly page: Page;
  readonly traffic: PageTraffic;
  readonly url: string;
  /** The names of controls to leave out. */
  readonly except?: readonly string[];
}

/** Returns to a page of the same front end, which need not load again. */
async function goBack({ page, traffic, url }: Visit): Promise<void> {
  await page.goto(url);
  await traffic.settle();
}

/** Opens a page from the start, as in a new tab. */
export async function openPage({ page, traffic, url }: Visit): Promise<void> {
  await page.goto('about:blank');
  await page.goto(url);
  await page.locator('h1').waitFor();
  await traffic.settle();
}

/**
 * Uses every visible control of a page once: clicks it, chooses the last option, or types. When a control has led
 * away, or the next one is not there any more, the page is opened again.
 *
 * @returns the names of the controls that were used. One that another control has removed is not among them.
 */
export async function clickEverything(visit: Visit): Promise<readonly string[]> {
  const { page, traffic, url, except = [] } = visit;
  await openPage(visit);
  const used: string[] = [];
  for (const control of await controlsOf(page)) {
    if (except.includes(control.name)) continue;
    if (page.url() !== url) await goBack(visit);
    if (!(await isThere(page, control))) await openPage(visit);
    if (!(await isThere(page, control))) continue;
    await use(locate(page, control), control);
    await traffic.settle();
    used.push(control.name);
  }
  return used;
}

const controlPattern = new RegExp(`^\\s*- '?(${roles.join('|')}) "((?:[^"\\\\]|\\\\.)*)"`);

/** Lists the controls of a page, in their order, as a screen reader finds them. */
export async function controlsOf(page: Page): Promise<readonly Control[]> {
  const counts = new Map<string, number>();
  const snapshot = await page.locator('body').ariaSnapshot();
  return snapshot.split('\n').flatMap((line) => {
    const [, found = '', name = ''] = controlPattern.exec(line) ?? [];
    const role = roles.find((each) => each === found);
    if (role === undefined) return [];
    const nth = counts.get(`${role} ${name}`) ?? 0;
    counts.set(`${role} ${name}`, nth + 1);
    return [{ role, name, nth }];
  });
}

const locate = (page: Page, { role, name, nth }: Control): Locator =>
  page.getByRole(role, { name, exact: true }).nth(nth);

const isThere = async (page: Page, control: Control): Promise<boolean> =>
  (await locate(page, control).count()) === 1;

async function use(element: Locator, { role }: Control): Promise<void> {
  if (role === 'combobox') {
    const options = await element.locator('option').count();
    await element.selectOption({ index: options - 1 });
  } else if (role === 'textbox' || role === 'searchbox') {
    await element.fill('a');
    await element.press('Enter');
  } else {
    await element.click();
  }
}
