import type { MailPurpose } from '../purposes.ts';
import type { MailText } from './mail-text.ts';

/** The texts of one language. */
export type LanguageTexts = Readonly<Record<MailPurpose, MailText>> & {
  /** What happened, by the action of the audit event, for `{event}`. `other` is for actions that have no text. */
  readonly events: Readonly<Record<string, string>>;
};

/** Texts by language: a BCP 47 tag in lower case, such as `de` or `pt-br`. */
export type MailTexts = Readonly<Record<string, Partial<LanguageTexts>>>;
