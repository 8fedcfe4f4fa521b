import { GraphQLScalarType } from 'graphql';
import { guardCounting } from './list-fixtures.ts';

/** Returns what it gets, as scalars of applications do, except for some values. */
const Any = new GraphQLScalarType({
  name: 'Any',
  serialize(value) {
    if (value === 'odd') throw new Error('odd');
    if (value === 'late') return Promise.resolve('late');
    if (value === 'late and odd') return Promise.reject(new Error('late and odd'));
    return value === 'nothing' ? undefined : value;
  },
});

const valuesSdl = `
  enum Group { STAFF }
  enum Size { SMALL LARGE }
  scalar Any
  directive @auth(requires: [Group!]) repeatable on FIELD_DEFINITION | OBJECT
  directive @public on FIELD_DEFINITION
  type Query {
    items: [Item] @public
    strict: [Item!]! @public
    deep: [[Item]] @public
    tags: [String] @public
    shelves: [Shelf] @public
  }
  interface Animal { name: String }
  type Cat implements Animal { name: String }
  union Pet = Cat
  type Checked { name: String }
  interface Shelf { things: [Item] }
  type Open implements Shelf { things: [Item] }
  type Closed implements Shelf { things: [Item!] }
  type Item {
    guarded: Any @auth(requires: [STAFF])
    name: String
    length: Int
    size: Size
    any: Any
    anys: [Any]
    strictAnys: [Any!]
    must: String!
    one: Item
    list: [Item]
    strictList: [Item!]
    guardedList: [Item] @auth(requires: [STAFF])
    tags: [String!]
    sized(by: Int): String
    upper: String
    animal: Animal
    pet: Pet
    checked: Checked
  }
`;

/** The guarded schema of lists in which the reads of `guarded` show who completed them. */
export function guardValues(items: () => unknown) {
  const resolveType = () => 'Cat';
  return guardCounting(valuesSdl, {
    Any,
    Query: {
      items,
      strict: items,
      deep: () => [items(), null, items()],
      tags: () => ['a', 'b'],
      shelves: () => [
        { __typename: 'Open', things: items() },
        { __typename: 'Closed', things: items() },
      ],
    },
    Animal: { __resolveType: resolveType },
    Pet: { __resolveType: resolveType },
    Checked: { __isTypeOf: ({ name }: { name?: unknown }) => name === 'checked' },
    Item: { upper: ({ name }) => String(name).toUpperCase() },
  });
}
