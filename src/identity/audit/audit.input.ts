import { parseText } from '../../composition/text-input.ts';

const actionBounds = { least: 1, most: 64 };

/** Validates the requested action. Undefined: events of all actions. @throws {BadUserInputError} */
export const parseAction = (action: string | null | undefined): string | undefined =>
  action === null || action === undefined ? undefined : parseText('action', action, actionBounds);
