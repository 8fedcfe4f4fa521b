import type { CodegenConfig } from '@graphql-codegen/cli';

/** Makes the resolver types from the composed schema, which `gatehouse generate` writes. */
const config: CodegenConfig = {
  schema: 'src/generated/schema.graphql',
  generates: {
    'src/generated/resolver-types.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
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
          Organization: './prisma/client.ts#Organization as OrganizationRow',
          Invoice: './prisma/client.ts#Invoice as InvoiceRow',
          InvoiceMoney: './prisma/client.ts#Invoice as InvoiceRow',
          Project: './prisma/client.ts#Project as ProjectRow',
          Task: './prisma/client.ts#Task as TaskRow',
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
