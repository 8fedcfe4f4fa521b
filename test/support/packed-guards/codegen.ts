import { preset } from '@graphql-gatehouse/codegen';

export default {
  schema: 'schema.graphql',
  documents: 'operations.graphql',
  generates: {
    'gql/': { preset, config: { emitLegacyCommonJSImports: false, importExtension: '.ts' } },
  },
};
