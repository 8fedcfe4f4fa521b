import type { MailTexts } from '../options.ts';
import type { Purpose, Purposes } from '../purpose.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import type { MailText } from './mail-text.ts';
import { paragraphsOf, placeholder } from './read-body.ts';

interface Language {
  readonly mails: Map<string, MailText>;
  readonly events: Map<string, string>;
}

/** By language. Maps, since the name of a language can come from a request. */
export type Languages = ReadonlyMap<string, Language>;

/**
 * Returns the texts of the package, each replaced by that of the project, and further languages.
 *
 * @throws {TypeError} when a text is wrong.
 */
export function readLanguages(purposes: Purposes, project: MailTexts): Languages {
  const languages = new Map<string, Language>();
  for (const [name, events] of Object.entries({ en, de })) {
    languages.set(name, { mails: new Map(), events: new Map(Object.entries(events)) });
  }
  for (const row of purposes.values()) {
    for (const [name, text] of Object.entries(row.texts)) {
      requireSound(`${name}.${row.name}`, findMistake(row, text));
      languages.get(name)?.mails.set(row.name, text);
    }
  }
  for (const [name, { events = {}, ...mails }] of Object.entries(project)) {
    requireLanguage(name);
    const language = languages.get(name) ?? { mails: new Map(), events: new Map() };
    languages.set(name, language);
    for (const [purpose, text] of Object.entries(mails)) {
      requireSound(`${name}.${purpose}`, findMistake(purposes.get(purpose), text));
      language.mails.set(purpose, text);
    }
    for (const [action, text] of Object.entries(events)) {
      requireSound(`${name}.events.${action}`, findUnknown(text, ['site', 'device']));
      language.events.set(action, text);
    }
  }
  return languages;
}

function requireSound(place: string, mistake: string | undefined): void {
  if (mistake !== undefined) throw new TypeError(`mail: texts.${place}: ${mistake}`);
}

function requireLanguage(language: string): void {
  if (isLanguage(language)) return;
  throw new TypeError(
    `mail: texts: ${JSON.stringify(language.slice(0, 40))} must be a language in lower case, such as de or pt-br`,
  );
}

function isLanguage(language: string): boolean {
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/.test(language)) return false;
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}

const subjectValues = ['site', 'event'];
const bodyValues = ['site', 'username', 'inviter', 'device', 'life', 'time', 'event'];

const textParts: Record<keyof MailText, true> = { subject: true, body: true, button: true };

function findMistake(purpose: Purpose | undefined, text: MailText): string | undefined {
  if (purpose === undefined) return 'there is no such mail';
  const unknown = Object.keys(text).find((name) => !Object.hasOwn(textParts, name));
  if (unknown !== undefined) return `${unknown} is not one of ${Object.keys(textParts).join(', ')}`;
  const { subject, body, button } = text;
  const paragraphs = paragraphsOf(body);
  const words = paragraphs.filter((each) => each !== '{link}' && each !== '{accounts}');
  if (purpose.link !== undefined && !paragraphs.includes('{link}')) {
    return 'the body needs a paragraph that is {link} alone';
  }
  if (purpose.link !== undefined && button === undefined) return 'it needs the words of its button';
  if (purpose.listsAccounts && !paragraphs.includes('{accounts}')) {
    return 'the body needs a paragraph that is {accounts} alone';
  }
  return findUnknown(subject, subjectValues) ?? findUnknown(words.join('\n'), bodyValues);
}

function findUnknown(text: string, known: readonly string[]): string | undefined {
  const unknown = [...text.matchAll(placeholder)].find(([, name = '']) => !known.includes(name));
  return unknown === undefined ? undefined : `${unknown[0]} cannot stand here`;
}
