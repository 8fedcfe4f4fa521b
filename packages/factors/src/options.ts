export interface FactorsOptions {
  /** How many kinds of factors groups ask for: `{ ADMIN: 2 }`. Default: none asks for any. */
  readonly groups?: Readonly<Record<string, 1 | 2>>;
  /** Days until the demand of a group holds, from the later of this setting and the grant of the group. Default: 14. */
  readonly graceDays?: number;
}
