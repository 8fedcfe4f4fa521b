import { BadUserInputError } from '../../errors.ts';
import type { RoomInput } from '../generated/resolver-types.ts';
import { parseText } from '../text-input.ts';
import { inSchemaOrder } from '../user/groups.ts';
import type { RoomDescription } from './room.store.ts';

const nameBounds = { least: 1, most: 200 };
const accessCodeBounds = { least: 1, most: 64 };
const lowestFloor = -100;
const highestFloor = 1000;

/** @throws {BadUserInputError} with the input field's name. */
export function parseRoom({ name, floor, groups, accessCode }: RoomInput): RoomDescription {
  if (floor < lowestFloor || floor > highestFloor) {
    const message = `\`input.floor\` must be between ${lowestFloor} and ${highestFloor}.`;
    throw new BadUserInputError('input.floor', message);
  }
  return {
    name: parseText('input.name', name, nameBounds),
    floor,
    groups: inSchemaOrder(groups),
    ...(accessCode === undefined ? {} : { accessCode: parseAccessCode(accessCode) }),
  };
}

const parseAccessCode = (accessCode: string | null): string | null =>
  accessCode === null ? null : parseText('input.accessCode', accessCode, accessCodeBounds);
