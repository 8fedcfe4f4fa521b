import { domainToASCII } from 'node:url';

/** An e-mail address in the only form that is accepted. */
export interface Email {
  /** As mails are sent to it: the local part as it was typed, and the domain as a lower-case A-label. */
  readonly text: string;
  /** In lower case, as addresses are compared. */
  readonly key: string;
}

/** RFC 5321, 4.5.3.1: octets of a path without its brackets, and of a local part. */
const maxLength = 254;
const maxLocalLength = 64;

/** A dot-string of RFC 5321, 4.1.2: no quotes, no comments, no spaces, and ASCII alone. */
const localForm = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;

/** Labels of letters, digits and hyphens (RFC 5890, 2.3.1), the last of which is no number. */
const domainForm =
  /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Parses an address. Returns undefined for any other form. Domains in other scripts become A-labels (RFC 5890), so that
 * names which look alike differ.
 */
export function parseEmail(text: string): Email | undefined {
  if (text.length > maxLength) return undefined;
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  const typed = text.slice(at + 1);
  // The URL standard would decode or drop some characters.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(typed)) return undefined;
  const domain = domainToASCII(typed);
  const address = `${local}@${domain}`;
  const isAddress = localForm.test(local) && domainForm.test(domain);
  if (!isAddress || local.length > maxLocalLength || address.length > maxLength) return undefined;
  return { text: address, key: address.toLowerCase() };
}
