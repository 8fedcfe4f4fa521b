import { graphql } from '../generated/index.ts';

export const HealthDocument = graphql(`
  query Health {
    consoleHealth {
      checkedAt
      versions { gatehouse node }
      checks { name state found advice }
      keys { id state createdAt signsFrom endsAt }
    }
  }
`);
