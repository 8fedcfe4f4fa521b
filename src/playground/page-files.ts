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

const altairElement = '<app-root>';

/**
 * Adds the log-in form above Altair, to Altair's HTML.
 *
 * @throws {Error} when the installed version of Altair has another HTML
 */
export async function addLogInForm(html: string): Promise<string> {
  if (!html.includes(altairElement)) throw new Error(`The page has no ${altairElement}.`);
  const form = await readPageFile('log-in.html');
  return html.replace(altairElement, () => form + altairElement);
}
