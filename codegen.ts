import { readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { globSync } from 'tinyglobby';

/** Projects add groups and packages kinds of factors, so that to Gatehouse's own code both are any name. */
const sdl = globSync(['src/schema/*.graphql', 'src/identity/**/*.graphql'])
  .sort()
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
  .replace(/enum (Group|Factor) \{[^}]*\}/g, 'scalar $1');

/** What is the same of all resolver types. */
const shared = {
  enumsAsTypes: true,
  useTypeImports: true,
  immutableTypes: true,
  avoidOptionals: { field: true },
  inputMaybeValue: 'T | null | undefined',
  optionalResolveType: false,
  scalars: {
    ID: 'string',
    Group: 'string',
    Factor: 'string',
    Provider: 'string',
    DateTime: { input: 'Date', output: 'Date' },
  },
  emitLegacyCommonJSImports: false,
  importExtension: '.ts',
};

interface PackageTypes {
  readonly schema: string | string[];
  readonly contextType: string;
  /** What the functions of resolvers return, by type of the schema. */
  readonly mappers: Readonly<Record<string, string>>;
}

/** The resolver types of a package, whose functions for `Query` and `Mutation` get its parts first: see `withParts`. */
const ofPackage = ({ schema, contextType, mappers }: PackageTypes) => ({
  schema,
  plugins: ['typescript', 'typescript-resolvers'],
  config: {
    ...shared,
    contextType,
    rootValueType: '../parts.ts#Parts',
    mappers: { User: '{ readonly id: string }', ...mappers },
  },
});

/** Makes the resolver types from the SDL; what a resolver gets and returns are the stores' records. */
const config: CodegenConfig = {
  schema: sdl,
  generates: {
    'src/identity/generated/resolver-types.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        ...shared,
        contextType: '../identity-context.ts#IdentityContext',
        defaultMapper: 'Partial<{T}>',
        mappers: {
          User: '../users/user.records.ts#UserParent',
          Membership: '../users/user.records.ts#MembershipRecord',
          Holder: '../places/place-grants.store.ts#HolderRecord',
          PlaceInvitation: '../places/invitation.store.ts#InvitationRecord',
          InvitationCode: '../places/invitations.ts#MadeInvitation',
          PlaceMembership: '../places/place-grants.store.ts#PlaceMembershipRecord',
          Session: '../sessions/session.records.ts#SessionRecord',
          ApiClient: '../api-clients/api-client.records.ts#ApiClientRecord',
          ApiClientCredentials: '../api-clients/api-client-issuer.ts#IssuedApiClient',
          Actor: '../viewer/principal.ts#PrincipalRecord',
          AuditEvent: '../audit/audit.records.ts#AuditEventRecord',
          Viewer: '../../authentication/viewer.ts#AuthenticatedViewer',
          Principal: '../viewer/principal.ts#PrincipalRecord',
        },
      },
    },
    'packages/factors/src/generated/resolver-types.ts': ofPackage({
      schema: 'packages/factors/schema/*.graphql',
      contextType: '../parts.ts#FactorsContext',
      mappers: { SecondFactor: '../account/holdings.store.ts#SecondFactor as FactorRow' },
    }),
    'packages/providers/src/generated/resolver-types.ts': ofPackage({
      // The configuration has its values.
      schema: ['packages/providers/schema/*.graphql', 'scalar Provider'],
      contextType: '../parts.ts#ProvidersContext',
      mappers: { ProviderIdentity: '../identities/identity.store.ts#Identity' },
    }),
    'packages/mail/src/generated/resolver-types.ts': ofPackage({
      schema: 'packages/mail/schema/*.graphql',
      contextType: '../parts.ts#MailContext',
      mappers: {
        Invitation: '../account/invitation.store.ts#Invitation as InvitationRow',
        InvitationConnection: 'object',
      },
    }),
  },
};

export default config;
