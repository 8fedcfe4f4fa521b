import { graphql } from '../generated/index.ts';

/** Of the package for identity providers, which a server need not have. */
export const IdentitiesDocument = graphql(`
  query Identities($id: ID!) {
    user(id: $id) {
      id
      identities { id provider subject createdAt lastUsedAt disabledAt }
    }
  }
`);

export const SetIdentityDisabledDocument = graphql(`
  mutation SetIdentityDisabled($id: ID!, $disabled: Boolean!) {
    setIdentityDisabled(id: $id, disabled: $disabled) { id disabledAt }
  }
`);
