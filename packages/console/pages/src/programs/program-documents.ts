import { graphql } from '../generated/index.ts';

export const ProgramsDocument = graphql(`
  query Programs {
    apiClients { id name groups createdAt disabledAt lastUsedAt }
  }
`);
