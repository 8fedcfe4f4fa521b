import { createAuthorization, directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { expect, it } from 'vitest';
import { blocksOf, readPage } from '../support/documents.ts';

const blocks = blocksOf(readPage('docs/guides/recipes.md'));
const schemas = blocks.flatMap(({ language, text }) => (language === 'graphql' ? [text] : []));

const base = `
  enum Group { ADMIN EDITOR }
  enum Policy { USER NOTE_AUTHOR }`;

it('the recipes have schemas', () => {
  expect(schemas.length).toBeGreaterThan(3);
});

it.each(schemas)('the schema of a recipe can be guarded: %s', (sdl) => {
  const schema = makeExecutableSchema({ typeDefs: [directiveTypeDefs(), base, sdl] });
  const options = {
    policies: { USER: () => true, NOTE_AUTHOR: () => true },
    viewerOf: () => ({ isAuthenticated: false, reason: 'TOKEN_MISSING' }) as const,
  };
  expect(() => createAuthorization(schema, options)).not.toThrow();
});
