/** Without characters that look alike. */
const characters = 'abcdefghjkmnpqrstuvwxyz23456789';
const leastLength = 25;

/** Makes a password of at least 123 random bits, in groups that can be read out. */
export function makePassword(minLength = leastLength): string {
  const length = Math.max(leastLength, minLength);
  let password = '';
  while (password.length < length) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // The rest would make the first characters likelier.
    if (byte < 256 - (256 % characters.length)) password += characters[byte % characters.length];
  }
  return password.match(/.{5}/g)?.join('-') ?? password;
}
