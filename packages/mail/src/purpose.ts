import type { SqlTransaction } from 'graphql-gatehouse';
import type { Holder } from './addresses/holders.ts';
import type { QueuedMail } from './outbox/mail.ts';
import type { MailRuntime, MailSettings } from './settings.ts';
import type { MailText, MailValues } from './texts/mail-text.ts';

/** A mail that an anonymous viewer has asked for, and the accounts that have verified its address. */
export interface Asked {
  readonly mail: QueuedMail;
  readonly found: readonly Holder[];
}

/** The link of a mail, whose token a page of the application spends. */
export interface PurposeLink {
  /** How long it works, in seconds. */
  readonly lifeSeconds: (settings: MailSettings) => number;
  /**
   * What ends it, for a link of an account: a change of the password and of the address, or of the password alone; a
   * disabled account in both cases. `nothing`: it works whatever has followed.
   */
  readonly boundTo: 'address' | 'password' | 'nothing';
  /** What its use cancels: others of its purpose, or all links that are bound to its account. */
  readonly cancels: 'none' | 'alike' | 'bound';
  /** How many an account can send in an hour. Absent: other limits count. */
  readonly maxAnHour?: number;
}

/** What becomes of the request of an anonymous viewer, when its mail is sent. */
export interface PurposeRequest {
  /** Makes the tokens. Returns whether there are any. */
  readonly makeLinks: (runtime: MailRuntime, sql: SqlTransaction, asked: Asked) => Promise<boolean>;
  /** The mail that is sent instead, without links, when an account has verified the address. */
  readonly ifExists?: string;
}

/** A mail: all that the package knows of it. */
export interface Purpose {
  /** As it is stored, and stands in `MAIL_LINKS`, in texts of projects and after `mail preview`. */
  readonly name: string;
  readonly texts: Readonly<Record<'en' | 'de', MailText>>;
  /** Absent: it never has a link. */
  readonly link?: PurposeLink;
  /** Absent: no anonymous viewer can ask for it. */
  readonly request?: PurposeRequest;
  /** Whether it can be about several accounts. */
  readonly listsAccounts?: true;
  /** Whether it goes to an address that a user has entered, or had before. It may be that of a stranger. */
  readonly isForStranger?: true;
  /** What `mail preview` shows, by the action of a notice. Absent: the name of a user. */
  readonly sample?: (action: string) => MailValues;
}

/** A mail with a link. */
export interface LinkPurpose extends Purpose {
  readonly link: PurposeLink;
}

export const isLinkPurpose = (purpose: Purpose): purpose is LinkPurpose =>
  purpose.link !== undefined;

export type Purposes = ReadonlyMap<string, Purpose>;

/** As `MAIL_LINKS` can name it. */
const nameForm = /^[a-z][a-z-]{0,31}$/;

/** Returns mails by name. @throws {TypeError} for a wrong name, and for one that two mails have. */
export function toPurposes(rows: readonly Purpose[]): Purposes {
  const purposes = new Map<string, Purpose>();
  for (const row of rows) {
    if (!nameForm.test(row.name)) throw new TypeError(`mail: ${row.name} is no name of a mail`);
    if (purposes.has(row.name)) throw new TypeError(`mail: there are two mails ${row.name}`);
    purposes.set(row.name, row);
  }
  return purposes;
}

/** Returns the mail of a name. @throws {Error} when this version of the package has none. */
export function requirePurpose(purposes: Purposes, name: string): Purpose {
  const purpose = purposes.get(name);
  if (purpose === undefined) throw new Error(`unknown mail: ${name}`);
  return purpose;
}

export const linkNames = (rows: Iterable<Purpose>): readonly string[] =>
  [...rows].filter(isLinkPurpose).map(({ name }) => name);
