import { readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { globSync } from 'tinyglobby';

/** Projects add groups and packages kinds of factors, so that to Gatehouse's own code both are any name. */
const sdl = globSync(['src/schema/*.graphql', 'src/identity/**/*.graphql'])
  .sort()
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
  .replace(/enum (Group|Factor) \{[^}]*\}/g, 'scalar $1');

/** Makes the resolver types from the SDL; what a resolver gets and returns are the stores' records. */
const config: CodegenConfig = {
  schema: sdl,
  generates: {
    'src/identity/generated/resolver-types.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        contextType: '../identity-context.ts#IdentityContext',
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        avoidOptionals: { field: true },
        inputMaybeValue: 'T | null | undefined',
        optionalResolveType: false,
        defaultMapper: 'Partial<{T}>',
        mappers: {
          User: '../users/user.records.ts#UserParent',
          Membership: '../users/user.records.ts#MembershipRecord',
          Session: '../sessions/session.records.ts#SessionRecord',
          ApiClient: '../api-clients/api-client.records.ts#ApiClientRecord',
          ApiClientCredentials: '../api-clients/api-client-issuer.ts#IssuedApiClient',
          Actor: '../viewer/principal.ts#PrincipalRecord',
          AuditEvent: '../audit/audit.records.ts#AuditEventRecord',
          Viewer: '../../authentication/viewer.ts#AuthenticatedViewer',
          Principal: '../viewer/principal.ts#PrincipalRecord',
        },
        scalars: {
          ID: 'string',
          Group: 'string',
          Factor: 'string',
          DateTime: { input: 'Date', output: 'Date' },
        },
        emitLegacyCommonJSImports: false,
        importExtension: '.ts',
      },
    },
  },
};

export default config;
