/** What an administrator reads who could take over an account alone. */
export const separateDuties =
  'Within 24 hours, one administrator or API client cannot reset both the factors and the password or address of an account.';
