export interface PasswordSettings {
  /** The minimum length in Unicode code points after NFC. */
  readonly minLength: number;
  /** Words that are easy to guess here, such as the name of the organization, in lower case. */
  readonly words: readonly string[];
}
