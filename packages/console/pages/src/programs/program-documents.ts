import { graphql } from '../generated/index.ts';

export const ProgramsDocument = graphql(`
  query Programs($withLastUsed: Boolean! = false) {
    apiClients {
      id
      name
      groups
      createdAt
      disabledAt
      lastUsedAt @include(if: $withLastUsed)
    }
  }
`);

export const CreateProgramDocument = graphql(`
  mutation CreateProgram($name: String!, $groups: [Group!]!) {
    createApiClient(name: $name, groups: $groups) {
      client { id name }
      secret
    }
  }
`);

export const RotateSecretDocument = graphql(`
  mutation RotateSecret($id: ID!) {
    rotateApiClientSecret(id: $id) {
      client { id }
      secret
    }
  }
`);

export const DisableProgramDocument = graphql(`
  mutation DisableProgram($id: ID!) {
    disableApiClient(id: $id) { id }
  }
`);
