import { graphql } from '../generated/index.ts';

export const MatrixDocument = graphql(`
  query Matrix {
    consoleMatrix {
      columns
      notes
      rows { typeName coordinate requirement cells }
    }
  }
`);
