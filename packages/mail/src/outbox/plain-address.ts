const local = String.raw`(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_\x60{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_\x60{|}~-]+)*`;
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const form = new RegExp(String.raw`^(?=.{3,254}$)${local}@${label}(?:\.${label})*$`);

/**
 * Whether a text is one address (RFC 5321, `Mailbox`), ASCII and without quotes, comments and domain literals: nothing in
 * it can end a command or a header, or begin a second address.
 */
export const isPlainAddress = (text: string): boolean => form.test(text);
