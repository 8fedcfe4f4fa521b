import { parseText } from '../../composition/text-input.ts';

const actionBounds = { least: 1, most: 64 };

/** The action that a client asks for; undefined when all are asked for. @throws {BadUserInputError} */
export const parseAction = (action: string | null | undefined): string | undefined =>
  action === null || action === undefined ? undefined : parseText('action', action, actionBounds);
