import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset } from '@graphql-gatehouse/codegen';

/** Generates the operations of the console. Groups and providers are those of the project that it is added to, so their type is a text. */
const config: CodegenConfig = {
  schema: 'src/generated/schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/generated/**'],
  generates: {
    'src/generated/': {
      preset,
      presetConfig: { fragmentMasking: false, operations: true, register: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        enumValues: { Group: '../group.ts#Group', Provider: '../provider.ts#Provider' },
        useTypeImports: true,
        avoidOptionals: { field: true },
        scalars: { ID: 'string', DateTime: 'string' },
        strictScalars: true,
      },
    },
  },
};

export default config;
