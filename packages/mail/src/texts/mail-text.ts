/**
 * The text of a mail. `{name}` stands for a value: see `MailValues`; `{site}` for the name of the installation. A paragraph
 * that is `{link}` alone becomes a button in HTML, which is made of the same text. `{accounts}`, alone in its paragraph, is
 * a list. A line whose value is missing is left out, such as `Device: {device}`.
 */
export interface MailText {
  /** With `{site}` and `{event}` alone. */
  readonly subject: string;
  /** Paragraphs, separated by empty lines. A paragraph may have several lines. */
  readonly body: string;
  readonly button?: string;
}

/** An account in a list, with its link if the mail has links. */
export interface ListedAccount {
  readonly username: string;
  readonly link?: string | undefined;
}

export interface MailValues {
  /** The link of the only account. */
  readonly link?: string | undefined;
  /** How long the link works, in seconds: `{life}`. */
  readonly lifeSeconds?: number | undefined;
  readonly username?: string | undefined;
  /** At most five: `{accounts}`. */
  readonly accounts?: readonly ListedAccount[] | undefined;
  /** The display name of who invites, which it has chosen: `{inviter}`. */
  readonly inviter?: string | undefined;
  /** The action of the audit event: `{event}`. */
  readonly action?: string | undefined;
  /** The user agent of a new device, as its browser sent it: `{device}`. */
  readonly userAgent?: string | undefined;
  /** When it happened: `{time}`. */
  readonly at?: Date | undefined;
}

/** What is sent. */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The language of both, a BCP 47 tag. */
  readonly language: string;
}
