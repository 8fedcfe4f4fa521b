import type { MailTexts } from './texts/mail-texts.ts';

/** What a project chooses. */
export interface MailOptions {
  /** Lets everybody create an account by a mail. Default: no sign-up, and no fields for it. */
  readonly signUp?: boolean;
  /** The groups of accounts from a sign-up. Default: `newUserGroups` of the project. */
  readonly signUpGroups?: readonly string[];
  /** Texts by language, such as `de`. They replace those of the package, each alone, and add languages. */
  readonly texts?: MailTexts;
}
