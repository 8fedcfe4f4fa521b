/** What a login needs to check a password. */
export interface LoginAccount {
  readonly id: string;
  readonly passwordHash: string;
}
