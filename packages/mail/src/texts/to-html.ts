import { directionOf } from './formats.ts';
import type { ListedAccount, RenderedMail } from './mail-text.ts';
import type { Block, Line } from './read-body.ts';

export interface HtmlMail extends Pick<RenderedMail, 'subject' | 'language'> {
  readonly blocks: readonly Block[];
  readonly button: string;
}

/** Colors of text and background are those of the mail program, so that both light and dark ones are readable. */
const styles = {
  page: 'margin:0 auto;max-width:36em;padding:24px;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere',
  paragraph: 'margin:0 0 16px',
  button:
    'display:inline-block;padding:12px 20px;border-radius:6px;background:#0b57d0;color:#ffffff;font-weight:600;text-decoration:none',
  link: 'margin:0 0 16px;font-size:14px;line-height:1.4;word-break:break-all',
  list: 'margin:0 0 16px;padding-inline-start:20px',
  account: 'margin:0 0 8px',
};

/** Writes a mail as HTML, which loads nothing. */
export function toHtml({ subject, blocks, language, button }: HtmlMail): string {
  const place = `lang="${escapeHtml(language)}" dir="${directionOf(language)}"`;
  return [
    '<!DOCTYPE html>',
    `<html ${place}>`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(subject)}</title>`,
    '</head>',
    '<body>',
    // Some mail programs drop the elements above.
    `<div ${place} style="${styles.page}">`,
    ...blocks.map((block) => toElement(block, button)),
    '</div>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function toElement(block: Block, button: string): string {
  if (block.kind === 'link') return toLink(block.link, button);
  if (block.kind === 'accounts') {
    const items = block.accounts.map((account) => toItem(account, button));
    return [`<ul style="${styles.list}">`, ...items, '</ul>'].join('\n');
  }
  return `<p style="${styles.paragraph}">${block.lines.map(toInline).join('<br>\n')}</p>`;
}

const toLink = (link: string, button: string): string =>
  [
    `<p style="${styles.paragraph}"><a href="${escapeHtml(link)}" style="${styles.button}">${escapeHtml(button)}</a></p>`,
    `<p dir="ltr" style="${styles.link}">${escapeHtml(link)}</p>`,
  ].join('\n');

function toItem({ username, link }: ListedAccount, button: string): string {
  const name = `<p style="${styles.account}"><bdi>${escapeHtml(username)}</bdi></p>`;
  return `<li>${link === undefined ? name : `${name}\n${toLink(link, button)}`}</li>`;
}

const toInline = (line: Line): string =>
  line
    .map(({ text, isValue }) => (isValue ? `<bdi>${escapeHtml(text)}</bdi>` : escapeHtml(text)))
    .join('');

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => entities.get(sign) ?? '');
