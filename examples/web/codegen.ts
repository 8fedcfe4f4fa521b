import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset } from '@graphql-gatehouse/codegen';

/** Generates typed documents with what each operation needs, and `access.ts` with the rules of the schema. */
const config: CodegenConfig = {
  // What `gatehouse schema` prints: the SDL with its directives, here of the rooms API with second factors.
  schema: 'src/generated/schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/generated/**'],
  generates: {
    'src/generated/': {
      preset,
      presetConfig: { fragmentMasking: false, operations: true },
      config: {
        enumsAsConst: true,
        useTypeImports: true,
        avoidOptionals: { field: true },
        scalars: { ID: 'string', DateTime: 'string' },
        strictScalars: true,
      },
    },
  },
};

export default config;
