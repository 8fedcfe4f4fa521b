import { graphql } from '../generated/index.ts';

export const HealthDocument = graphql(`
  query Health {
    consoleHealth {
      checkedAt
      versions { gatehouse node }
      isDevelopment
      checks { name state found advice }
      keys { id state createdAt signsFrom endsAt }
    }
  }
`);

/** Examines nothing. */
export const ModeDocument = graphql(`
  query Mode {
    consoleHealth { isDevelopment }
  }
`);
