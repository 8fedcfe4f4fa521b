import type { CodegenConfig } from '@graphql-codegen/cli';

/** Makes the resolver types from the SDL; what a resolver gets and returns are the stores' records. */
const config: CodegenConfig = {
  schema: 'src/schema/**/*.graphql',
  generates: {
    'src/schema/generated/resolver-types.ts': {
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
          User: '../user/user.records.ts#UserRecord',
          Membership: '../user/user.records.ts#MembershipRecord',
          Session: '../session/session.records.ts#SessionRecord',
          Room: '../room/room.store.ts#RoomRecord',
          ApiClient: '../api-client/api-client.records.ts#ApiClientRecord',
          ApiClientCredentials: '../api-client/api-client-issuer.ts#IssuedApiClient',
          Actor: '../viewer/principal.ts#PrincipalRecord',
          AuditEvent: '../audit/audit.store.ts#AuditEventRecord',
          RoomEntry: '../room/room-entry.store.ts#RoomEntryRecord',
          Viewer: '../../authentication/viewer.ts#AuthenticatedViewer',
          Principal: '../viewer/principal.ts#PrincipalRecord',
        },
        scalars: {
          ID: 'string',
          DateTime: { input: 'Date', output: 'Date' },
        },
        emitLegacyCommonJSImports: false,
        importExtension: '.ts',
      },
    },
  },
};

export default config;
