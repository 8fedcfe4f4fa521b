import {
  createAuthorization,
  directiveTypeDefs,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { explainCoordinate, operationColumns } from '@graphql-gatehouse/authorization/reports';
import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';

const verdictsOf = (argument: string, more = '') => {
  const { source: schema, requirements } = createAuthorization<Viewer, { viewer: Viewer }>(
    buildSchema(`${directiveTypeDefs()}
      enum Group { STAFF }
      enum Policy { NONE }
      type Query { shape: Shape @public square: Square @public }
      interface Shape { area(${argument}): Int }
      type Square implements Shape { area(${argument.replace(/ @auth.*/, '')}): Int }
      ${more}`),
    {
      policies: { NONE: () => false },
      viewerOf: ({ viewer }) => viewer,
    },
  );
  const columns = operationColumns(['STAFF'], []);
  const { ways } = explainCoordinate({ schema, requirements, columns }, 'Square.area', 100);
  return ways.map(
    ({ verdicts }) => verdicts[columns.findIndex(({ name }) => name === 'anonymous')],
  );
};

it('a way is refused where an argument that its last field must have is, whatever its types are found by', () => {
  const refused = 'refused: Square.area(unit:)';
  expect(verdictsOf('unit: Int! @auth(requires: [STAFF])')).toEqual([refused, refused]);
});

it('a way is refused where all values of such an argument are', () => {
  const units = 'enum Unit { METRE @auth(requires: [STAFF]) }';
  const refused = 'refused: Unit.METRE';
  expect(verdictsOf('unit: Unit!', units)).toEqual([refused, refused]);
});

it('a way is open without an argument that may be left out', () => {
  expect(verdictsOf('unit: Int @auth(requires: [STAFF])')).toEqual(['allowed', 'allowed']);
});
