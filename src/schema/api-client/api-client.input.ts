import type { Group } from '../generated/resolver-types.ts';
import { parseText } from '../text-input.ts';
import { inSchemaOrder } from '../user/groups.ts';

const nameBounds = { least: 1, most: 200 };

/** What an API client is. */
export interface ApiClientDescription {
  readonly name: string;
  readonly groups: Group[];
}

/** @throws {BadUserInputError} with the argument's name. */
export const parseApiClient = (input: {
  readonly name: string;
  readonly groups: readonly Group[];
}): ApiClientDescription => ({
  name: parseText('name', input.name, nameBounds),
  groups: inSchemaOrder(input.groups),
});
