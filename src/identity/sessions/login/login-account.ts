/** The data that checking a password needs. */
export interface LoginAccount {
  readonly id: string;
  readonly passwordHash: string;
  /** How often the password was changed or reset. */
  readonly passwordVersion: number;
}
