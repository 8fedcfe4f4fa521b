import type { CodegenConfig } from '@graphql-codegen/cli';

/** Makes the resolver types from the composed schema, which `gatehouse generate` writes. */
const config: CodegenConfig = {
  schema: 'src/generated/schema.graphql',
  generates: {
    'src/generated/resolver-types.ts': {
      plugins: ['typescript', 'typescript-resolvers', '@graphql-gatehouse/codegen/server'],
      config: {
        contextType: '../context.ts#Context',
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        avoidOptionals: { field: true },
        inputMaybeValue: 'T | null | undefined',
        optionalResolveType: false,
        defaultMapper: 'Partial<{T}>',
        mappers: {
          Room: './prisma/client.ts#Room as RoomRow',
          RoomEntry: './prisma/client.ts#RoomEntry as RoomEntryRow',
          User: 'graphql-gatehouse#UserRecord',
          Group: 'string',
        },
        scalars: { ID: 'string', DateTime: { input: 'Date', output: 'Date' } },
        emitLegacyCommonJSImports: false,
        importExtension: '.ts',
      },
    },
  },
};

export default config;
