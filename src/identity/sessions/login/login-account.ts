export interface LoginAccount {
  readonly id: string;
  readonly passwordHash: string;
  /** How often the password was changed or reset. */
  readonly passwordVersion: number;
}
