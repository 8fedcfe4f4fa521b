import { BadUserInputError, type Groups, parseText } from 'graphql-gatehouse';
import type { Room } from '../generated/prisma/client.ts';
import type { RoomInput } from '../generated/resolver-types.ts';

const nameBounds = { least: 1, most: 200 };
const accessCodeBounds = { least: 1, most: 64 };
const lowestFloor = -100;
const highestFloor = 1000;

/** What a room is to be. An absent access code stays as it is. */
export interface RoomDescription {
  readonly name: string;
  readonly floor: number;
  readonly groups: string[];
  readonly accessCode?: string | null;
}

/** @throws {BadUserInputError} with the input field's name. */
export function parseRoom(input: RoomInput, groups: Groups): RoomDescription {
  const { name, floor, accessCode } = input;
  if (floor < lowestFloor || floor > highestFloor) {
    const message = `\`input.floor\` must be between ${lowestFloor} and ${highestFloor}.`;
    throw new BadUserInputError('input.floor', message);
  }
  return {
    name: parseText('input.name', name, nameBounds),
    floor,
    groups: groups.inSchemaOrder(input.groups),
    ...(accessCode === undefined ? {} : { accessCode: parseAccessCode(accessCode) }),
  };
}

const parseAccessCode = (accessCode: string | null): string | null =>
  accessCode === null ? null : parseText('input.accessCode', accessCode, accessCodeBounds);

/** The audit event's detail. Of the access code only that it changed. */
export function describeRoom(
  { name, floor, groups }: Room,
  { accessCode }: RoomDescription,
): string {
  const room = `${JSON.stringify(name)}; floor ${floor}; groups: ${groups.join(', ') || 'none'}`;
  if (accessCode === undefined) return room;
  return accessCode === null
    ? `${room}; without an access code`
    : `${room}; with a new access code`;
}
