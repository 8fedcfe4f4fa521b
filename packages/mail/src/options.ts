import type { MailPurpose } from './purposes.ts';
import type { MailText } from './texts/mail-text.ts';

export type LanguageTexts = Readonly<Record<MailPurpose, MailText>> & {
  /** What happened, by the action of the audit event, for `{event}`. `other` is for actions that have no text. */
  readonly events: Readonly<Record<string, string>>;
};

/** Texts by language: a BCP 47 tag in lower case, such as `de` or `pt-br`. */
export type MailTexts = Readonly<Record<string, Partial<LanguageTexts>>>;

/** What a project chooses. */
export interface MailOptions {
  /** Lets everybody create an account by a mail. Default: no sign-up, and no fields for it. */
  readonly signUp?: boolean;
  /** The groups of accounts from a sign-up. Default: `newUserGroups` of the project. */
  readonly signUpGroups?: readonly string[];
  /** Texts by language, such as `de`. They replace those of the package, each alone, and add languages. */
  readonly texts?: MailTexts;
}
