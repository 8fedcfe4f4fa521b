import graphql from '@graphql-eslint/eslint-plugin';

const files = [
  'src/**/*.graphql',
  'packages/*/schema/*.graphql',
  'examples/rooms/src/room/*.graphql',
];

// For the SDL alone: Biome lints everything else.
export default [
  {
    files,
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: {
        // The configuration of a project has the values of `Provider`.
        graphQLConfig: { schema: [...files, 'scalar Provider'] },
      },
    },
    rules: {
      '@graphql-eslint/known-type-names': 'error',
      '@graphql-eslint/known-directives': 'error',
      '@graphql-eslint/known-argument-names': 'error',
      '@graphql-eslint/unique-type-names': 'error',
      '@graphql-eslint/unique-field-definition-names': 'error',
      '@graphql-eslint/no-unreachable-types': 'error',
      '@graphql-eslint/require-deprecation-reason': 'error',
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
          rootField: true,
        },
      ],
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            types: [
              'PageInfo',
              'Viewer',
              'Membership',
              'Holder',
              'PlaceMembership',
              'WithheldGroup',
              'Authentication',
              'Credentials',
              'ApiClientCredentials',
              'ServerInfo',
              'OtpEnrolment',
              'EnrolledFactor',
              'PasskeyOptions',
              'IdentityProvider',
              'ProviderLogin',
            ],
            suffixes: ['Connection', 'Edge'],
          },
        },
      ],
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          Argument: 'camelCase',
          DirectiveDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
        },
      ],
    },
  },
];
