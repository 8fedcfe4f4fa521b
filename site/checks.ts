import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const inlineScript = /<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/g;

/** The style that the theme adds while the page changes between light and dark: no color fades. */
const noTransitions = "'sha256-skqujXORqzxt1aE0NNXxujEanPTX6raoqSscTV/Ww/Y='";

/** Attributes that the theme writes and that its script sets: as attributes, the policy does not allow them. */
const styleAttributes = / style="(?:position:relative;|--vp-vh:0px;)"/g;

const isCode = (attributes: string): boolean => !/type="application\/(ld\+)?json"/.test(attributes);

/** Adds the Content Security Policy of a page: files of this site, and the scripts that the build wrote into it. */
export function withPolicy(html: string): string {
  const hashes = [...html.matchAll(inlineScript)]
    .filter(([, attributes = '']) => isCode(attributes))
    .map(([, , code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${[...new Set(hashes)].join(' ')}`.trim(),
    `style-src 'self' ${noTransitions}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html
    .replaceAll(styleAttributes, '')
    .replace(
      '<head>',
      () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`,
    );
}

/**
 * Checks the links between the built pages.
 *
 * @throws {Error} with each link or anchor that leads nowhere.
 */
export function checkLinks(folder: string, base: string): void {
  const files = filesBelow(folder, '');
  const known = new Set(files);
  const idsOf = new Map(
    files
      .filter((file) => file.endsWith('.html'))
      .map((file) => {
        const html = readFileSync(join(folder, file), 'utf8');
        return [file, { html, ids: new Set(matchesOf(html, /\sid="([^"]*)"/g)) }] as const;
      }),
  );
  const broken: string[] = [];
  for (const [file, { html }] of idsOf) {
    for (const target of matchesOf(html, /\s(?:href|src)="([^"]*)"/g)) {
      if (/^([a-z]+:|\/\/)/i.test(target)) continue;
      const { pathname, hash } = new URL(
        target.replaceAll('&amp;', '&'),
        `http://site${base}${file}`,
      );
      const path = pathname.slice(base.length);
      const found = [path, `${path}.html`, posix.join(path, 'index.html')].find((each) =>
        known.has(each),
      );
      const anchor = decodeURIComponent(hash.slice(1));
      const isThere =
        found !== undefined && (anchor === '' || (idsOf.get(found)?.ids.has(anchor) ?? false));
      if (!isThere) broken.push(`${file}: ${target}`);
    }
  }
  if (broken.length > 0) throw new Error(`Links that lead nowhere:\n${broken.join('\n')}`);
}

const matchesOf = (text: string, pattern: RegExp): readonly string[] =>
  Array.from(text.matchAll(pattern), ([, found = '']) => found);

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(root, path) : path;
  });
}
