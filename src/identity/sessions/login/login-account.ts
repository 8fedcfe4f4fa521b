/** The data that checking a password needs. */
export interface LoginAccount {
  readonly id: string;
  readonly passwordHash: string;
}
