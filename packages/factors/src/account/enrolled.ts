/** A factor that was added. */
export interface Enrolled {
  readonly id: string;
  readonly userId: string;
  /** The first recovery codes of the account, which are shown only now. Empty: it has some. */
  readonly recoveryCodes: readonly string[];
}
