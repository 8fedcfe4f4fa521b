import type { PackageErrors } from 'graphql-gatehouse';

const byDefault = 20;
const most = 100;

/** Returns how many rows are asked for. @throws BAD_USER_INPUT. */
export function checkFirst({ badInput }: PackageErrors, first: number | null | undefined): number {
  const count = first ?? byDefault;
  if (count >= 1 && count <= most) return count;
  throw badInput('first', `\`first\` must be between 1 and ${most}.`);
}
