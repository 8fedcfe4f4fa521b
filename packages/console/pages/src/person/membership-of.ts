import type { Membership } from './person.ts';
import { readPerson } from './read-person.ts';

/** Reads the membership of a user in a group now that was granted by hand. Undefined: it has no such membership. */
export async function membershipOf(userId: string, group: string): Promise<Membership | undefined> {
  const person = await readPerson(userId, true);
  return person?.memberships?.find((each) => each.group === group && each.source === null);
}

/** Whether a membership is as it was shown. Undefined: there was none. Who changed it since knows more than the page. */
export const isSameMembership = (
  one: Membership | undefined,
  other: Membership | undefined,
): boolean => one?.grantedAt === other?.grantedAt && one?.expiresAt === other?.expiresAt;
