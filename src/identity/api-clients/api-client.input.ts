import { parseText } from '../../schema/text-input.ts';
import type { Group, Groups } from '../../values/groups.ts';

const nameBounds = { least: 1, most: 200 };

/** The name and the groups of an API client. */
export interface ApiClientDescription {
  readonly name: string;
  readonly groups: Group[];
}

/** @throws {BadUserInputError} with the argument's name. */
export function parseApiClient(
  input: { readonly name: string; readonly groups: readonly Group[] },
  groups: Groups,
): ApiClientDescription {
  groups.requireAll(input.groups, 'groups');
  return {
    name: parseText('name', input.name, nameBounds),
    groups: groups.inSchemaOrder(input.groups),
  };
}
