import { graphql } from '../generated/index.ts';

export const MatrixDocument = graphql(`
  query Matrix {
    consoleMatrix {
      columns
      notes
      projectTypes
      rows { typeName coordinate requirement cells stricter }
    }
  }
`);

export const MatrixNotesDocument = graphql(`
  query MatrixNotes {
    consoleMatrix { notes }
  }
`);

export const ChangesDocument = graphql(`
  query Changes {
    consoleChanges {
      since
      isServed
      columns
      newGroups
      removedGroups
      settings { was now }
      rows {
        typeName
        coordinate
        was { requirement cells }
        now { requirement cells }
      }
    }
  }
`);

export const WaysDocument = graphql(`
  query Ways($coordinate: String!, $first: Int, $groups: [String!]) {
    consoleWays(coordinate: $coordinate, first: $first, groups: $groups) {
      coordinate
      columns
      hasMore
      problems
      ways {
        operation
        verdicts
        steps {
          coordinate
          on
          guards
          places
          ids { coordinate typeName rows }
        }
      }
      operations { file operation }
    }
  }
`);

export const ViewDocument = graphql(`
  query View($groups: [String!]) {
    consoleView(groups: $groups) {
      groups
      problems
      rows { typeName coordinate requirement access depends }
      operations { file operation verdict }
    }
  }
`);

export const OperationsDocument = graphql(`
  query Operations {
    consoleOperations {
      columns
      problems
      files {
        name
        operations { name cost deprecated verdicts }
      }
    }
  }
`);

export const SchemaGroupsDocument = graphql(`
  query SchemaGroups {
    consoleGroups { name description implies factors }
  }
`);

export const OpenedDocument = graphql(`
  query Opened($name: String!, $beside: [String!]) {
    consoleGroup(name: $name, beside: $beside) {
      name
      implies
      reached
      problems
      opened { coordinate verdict way }
      operations { file operation verdict }
    }
  }
`);

export const UnusedRightsDocument = graphql(`
  query UnusedRights($days: Int) {
    consoleUnusedRights(days: $days) {
      since
      until
      groups
      gaps { from to reason }
      unused { group coordinate amongOthers }
      neverAlone { group coordinate amongOthers }
      memberships { userId username group lastUsedOn }
      hasMoreMemberships
    }
  }
`);

export const FindPeopleDocument = graphql(`
  query FindPeople($search: String!) {
    users(first: 10, search: $search) {
      edges { node { id username displayName } }
      pageInfo { hasNextPage }
      isComplete
    }
  }
`);

export const PersonGroupsDocument = graphql(`
  query PersonGroups($id: ID!) {
    user(id: $id) { id username displayName groups disabledAt }
  }
`);
