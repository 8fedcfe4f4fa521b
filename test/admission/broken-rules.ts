/** A document that breaks one validation rule of graphql-js. */
export interface BrokenRule {
  /** The name of the rule's function. */
  readonly rule: string;
  readonly query: string;
  /** What is said to those who see the whole schema. */
  readonly shown: string;
  /** What is said where the schema must not be named, if that differs. */
  readonly hidden?: string;
}

/** The schema that the documents are for. The literals of `Time` are never right. */
export const sdl = `
  type Query { user(id: ID!, as: View): User  users(first: Int): [User!]!
    find(by: By, one: One): User  at(t: Time): Int }
  type Subscription { joined: User  left: User }
  type User { name: String  friends(first: Int!, after: String!): [User!]  self: User }
  type Room { name: String }
  input By { name: String!  age: Int!  tags: [String!] }
  input One @oneOf { id: ID  name: String }
  enum View { FULL SHORT }
  scalar Time
  directive @needs(a: Int!, b: Int!) on FIELD
`;

export const brokenRules: readonly BrokenRule[] = [
  {
    rule: 'ExecutableDefinitionsRule',
    query: 'type A { b: Int } { users { name } }',
    shown: 'Only operations and fragments can be executed.',
  },
  {
    rule: 'FieldsOnCorrectTypeRule',
    query: '{ userz }',
    shown: 'The field "userz" does not exist on the type Query.',
    hidden: 'The field "userz" does not exist.',
  },
  {
    rule: 'FragmentsOnCompositeTypesRule',
    query: '{ users { ... on String { a } } }',
    shown: 'A fragment on "String" is not possible: it needs an object, interface or union.',
  },
  {
    rule: 'KnownArgumentNamesRule',
    query: '{ users(frist: 1) { name } }',
    shown: 'The argument "frist" does not exist on the field Query.users.',
    hidden: 'The argument "frist" does not exist on the field "users".',
  },
  {
    rule: 'KnownArgumentNamesRule',
    query: '{ users { name @skip(iff: 1, if: true) } }',
    shown: 'The argument "iff" does not exist on the directive "@skip".',
  },
  {
    rule: 'KnownDirectivesRule',
    query: '{ users { name @skp } }',
    shown: 'There is no directive "@skp" for this place.',
  },
  {
    rule: 'KnownDirectivesRule',
    query: 'query @skip(if: true) { users { name } }',
    shown: 'There is no directive "@skip" for this place.',
  },
  {
    rule: 'KnownFragmentNamesRule',
    query: '{ users { ...A } }',
    shown: 'The fragment "A" does not exist.',
  },
  {
    rule: 'KnownTypeNamesRule',
    query: '{ users { ... on Usr { name } } }',
    shown: 'The type "Usr" does not exist.',
  },
  {
    rule: 'LoneAnonymousOperationRule',
    query: '{ users { name } } query A { users { name } }',
    shown: 'An operation without a name must be the only operation of the document.',
  },
  {
    rule: 'MaxIntrospectionDepthRule',
    query:
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
    shown: 'The introspection is nested too deeply.',
  },
  {
    rule: 'NoUndefinedVariablesRule',
    query: 'query A { users(first: $n) { name } }',
    shown: 'The variable "$n" is not declared by the operation.',
  },
  {
    rule: 'NoUnusedFragmentsRule',
    query: '{ users { name } } fragment A on User { name }',
    shown: 'The fragment "A" is never used.',
  },
  {
    rule: 'NoUnusedVariablesRule',
    query: 'query ($n: Int) { users { name } }',
    shown: 'The variable "$n" is never used.',
  },
  {
    rule: 'OverlappingFieldsCanBeMergedRule',
    query: '{ a: users { name } a: user(id: 1) { name } }',
    shown: 'Different fields have the name "a" in the response: use an alias.',
  },
  {
    rule: 'PossibleFragmentSpreadsRule',
    query: '{ users { ... on Room { name } } }',
    shown: 'The fragment never applies here: no object has both types.',
  },
  {
    rule: 'ProvidedRequiredArgumentsRule',
    query: '{ users { friends { name } } }',
    shown: 'The field User.friends lacks required arguments: first, after.',
    hidden: 'The field "friends" lacks required arguments.',
  },
  {
    rule: 'ProvidedRequiredArgumentsRule',
    query: '{ users { name @needs(a: 1) } }',
    shown: 'The directive "@needs" lacks required arguments: b.',
    hidden: 'The directive "@needs" lacks required arguments.',
  },
  {
    rule: 'ScalarLeafsRule',
    query: '{ users }',
    shown: 'The field Query.users of type [User!]! needs a selection of subfields.',
    hidden: 'The field "users" needs a selection of subfields.',
  },
  {
    rule: 'ScalarLeafsRule',
    query: '{ users { name { a } } }',
    shown: 'The field User.name of type String has no subfields: remove its selection.',
    hidden: 'The field "name" has no subfields: remove its selection.',
  },
  {
    rule: 'SingleFieldSubscriptionsRule',
    query: 'subscription { joined { name } left { name } }',
    shown:
      'A subscription must select exactly one field, which must not be an introspection field.',
  },
  {
    rule: 'UniqueArgumentNamesRule',
    query: '{ users(first: 1, first: 2) { name } }',
    shown: 'The argument "first" is given more than once.',
  },
  {
    rule: 'UniqueDirectivesPerLocationRule',
    query: '{ users { name @skip(if: true) @skip(if: true) } }',
    shown: 'The directive "@skip" can be used only once in this place.',
  },
  {
    rule: 'UniqueFragmentNamesRule',
    query: '{ users { ...A } } fragment A on User { name } fragment A on User { name }',
    shown: 'Several fragments have the name "A".',
  },
  {
    rule: 'UniqueInputFieldNamesRule',
    query: '{ find(by: { name: "a", age: 1, age: 2 }) { name } }',
    shown: 'The input field "age" is given more than once.',
  },
  {
    rule: 'UniqueOperationNamesRule',
    query: 'query A { users { name } } query A { users { name } }',
    shown: 'Several operations have the name "A".',
  },
  {
    rule: 'UniqueVariableNamesRule',
    query: 'query ($n: Int, $n: Int) { users(first: $n) { name } }',
    shown: 'Several variables have the name "$n".',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ users(first: "hunter2") { name } }',
    shown: 'A value does not match its type Int.',
    hidden: 'A value does not match its type.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ user(id: null) { name } }',
    shown: 'A value does not match its type ID!.',
    hidden: 'A value does not match its type.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ user(id: 1, as: hunter2) { name } }',
    shown: 'A value does not match its type View.',
    hidden: 'A value does not match its type.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ users(first: { a: "hunter2" }) { name } }',
    shown: 'A value does not match its type Int.',
    hidden: 'A value does not match its type.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ find(by: "hunter2") { name } }',
    shown: 'A value does not match its type By.',
    hidden: 'A value does not match its type.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ find(by: { name: "a", age: 1, nme: "hunter2" }) { name } }',
    shown: 'The input field "nme" does not exist on By.',
    hidden: 'The input field "nme" does not exist.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ find(by: {}) { name } }',
    shown: 'The input object By lacks required fields: name, age.',
    hidden: 'The input object lacks required fields.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ at(t: 17) }',
    shown: 'A value does not match its type Time.',
    hidden: 'A value does not match its type.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ at(t: "hunter2") }',
    shown: 'A value does not match its type Time.',
    hidden: 'A value does not match its type.',
  },
  {
    rule: 'ValuesOfCorrectTypeRule',
    query: '{ find(one: { id: 1, name: "hunter2" }) { name } }',
    shown: 'The input object One must have exactly one field, whose value is not null.',
    hidden: 'The input object must have exactly one field, whose value is not null.',
  },
  {
    rule: 'VariablesAreInputTypesRule',
    query: 'query ($u: [User!]) { users(first: $u) { name } }',
    shown: 'A variable cannot have the type [User!]: it is an output type.',
  },
  {
    rule: 'VariablesInAllowedPositionRule',
    query: 'query ($n: String) { user(id: $n) { name } }',
    shown: 'The variable "$n" of type String cannot be used where ID! is expected.',
    hidden: 'The variable "$n" of type String cannot be used here.',
  },
  {
    rule: 'VariablesInAllowedPositionRule',
    query: 'query ($n: ID) { find(one: { id: $n }) { name } }',
    shown: 'The variable "$n" of type ID cannot be used where ID! is expected.',
    hidden: 'The variable "$n" of type ID cannot be used here.',
  },
];
