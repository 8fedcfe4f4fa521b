import { graphql } from '../generated/index.ts';

export const PasskeyOptionsDocument = graphql(`
  query PasskeyOptions($challenge: String) {
    passkeyOptions(challenge: $challenge) { options challenge }
  }
`);

export const LogOutDocument = graphql(`
  mutation LogOut {
    logout
  }
`);
