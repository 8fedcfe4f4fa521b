import { readFile } from 'node:fs/promises';
import { renderStartScript } from './start-script.ts';
import { altairOptions } from './windows.ts';

/** A file of the page that is not Altair's. */
interface PageFile {
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

export const startScriptName = 'start.js';

const script = 'text/javascript; charset=utf-8';
const styles = 'text/css; charset=utf-8';

const readPageFile = (name: string): Promise<string> =>
  readFile(new URL(`page/${name}`, import.meta.url), 'utf8');

/** Returns the files that the page loads, in addition to those of Altair. */
export async function readPageFiles(): Promise<readonly PageFile[]> {
  return [
    { name: startScriptName, mediaType: script, text: renderStartScript(altairOptions) },
    { name: 'tokens.css', mediaType: styles, text: await readPageFile('tokens.css') },
    { name: 'log-in.css', mediaType: styles, text: await readPageFile('log-in.css') },
    { name: 'log-in.js', mediaType: script, text: await readPageFile('log-in.js') },
    { name: 'session.js', mediaType: script, text: await readPageFile('session.js') },
  ];
}

/** Pages of a package, as the page for queries links them. */
export interface LinkedPages {
  readonly path: string;
  readonly title?: string;
}

interface Link {
  readonly title: string;
  readonly href: string;
}

const linksElement = '<nav></nav>';
const altairElement = '<app-root>';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };
const toText = (text: string): string =>
  text.replace(/[&<"]/g, (found) => entities[found] ?? found);

/**
 * Adds the log-in form above Altair, to Altair's HTML, with links to other pages.
 *
 * @throws {Error} when the installed version of Altair has another HTML
 */
export async function addLogInForm(html: string, links: readonly Link[]): Promise<string> {
  if (!html.includes(altairElement)) throw new Error(`The page has no ${altairElement}.`);
  const form = await readPageFile('log-in.html');
  // In another tab, as Altair opens links: what was typed stays.
  const anchors = links.map(
    ({ title, href }) =>
      `<a href="${toText(href)}" target="_blank" rel="noopener">${toText(title)}</a>`,
  );
  const nav = anchors.length === 0 ? '' : `<nav aria-label="Pages">${anchors.join(' ')}</nav>`;
  const linked = form.replace(linksElement, () => nav);
  return html.replace(altairElement, () => linked + altairElement);
}
