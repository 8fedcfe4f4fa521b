import { expect } from 'vitest';
import { answerOf } from './every-execution.ts';
import {
  createRowsWorld,
  type Filter,
  type NamedViewer,
  named,
  policies,
  type RowsWorld,
  type RowsWorldOptions,
} from './rows-world.ts';

export const ada = named('ada');
export const admin = named('bob', 'ADMIN');
export const own = { __typename: 'Note', id: 1, owner: 'ada' };
export const other = { __typename: 'Note', id: 2, owner: 'bob' };
export const internalError = expect.objectContaining({
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
});

interface Typed {
  readonly __typename: string;
}
export const typeName = ({ __typename }: Typed): string => __typename;

export const bySelf = {
  reads: ['owner'],
  admits: ({ name }: NamedViewer, { owner }: Readonly<Record<string, unknown>>) => owner === name,
  where: ({ name = '' }: NamedViewer): Filter => ({ owner: name }),
};

export const world = (options: RowsWorldOptions) => (): RowsWorld =>
  createRowsWorld({ policies: { ...policies, SELF: bySelf }, ...options });
export const asAda = (create: () => RowsWorld, text: string) =>
  answerOf(create, text, { viewer: ada });
