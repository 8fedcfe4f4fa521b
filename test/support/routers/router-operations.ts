import type { RoutedOperation } from './router-table.ts';

/** Of two subgraphs that share the type Invoice. */
export const invoiceOperations: readonly RoutedOperation[] = [
  { name: 'a list', subgraph: 'invoices', query: '{ invoices { id customer } }' },
  { name: 'a list of an interface', subgraph: 'deliveries', query: '{ parcels { id } }' },
  { name: "an interface's field", subgraph: 'deliveries', query: '{ parcels { weightGrams } }' },
  {
    name: 'a field of one of its types',
    subgraph: 'deliveries',
    query: '{ parcels { ... on Registered { weightGrams } } }',
  },
  {
    name: 'a mutation',
    subgraph: 'deliveries',
    query: 'mutation { deliver(invoiceId: "1") { id isDelivered } }',
  },
  {
    name: 'a list that both know',
    subgraph: 'deliveries',
    query: '{ deliveries { id isDelivered } }',
  },
  {
    name: 'entities of both',
    query: '{ deliveries { isDelivered customer } }',
    answers: {
      anonymous: '401 UNAUTHENTICATED',
      ada: '200 data',
      'a driver': '200 data',
      accounting: '200 data',
      'an expired token': '401 UNAUTHENTICATED',
    },
  },
  {
    name: 'entities with a policy',
    query: '{ deliveries { isDelivered totalCents } }',
    answers: {
      anonymous: '401 UNAUTHENTICATED',
      ada: '403 FORBIDDEN',
      'a driver': '403 FORBIDDEN',
      accounting: '200 data',
      'an expired token': '401 UNAUTHENTICATED',
    },
  },
  {
    name: 'a mutation, then an entity with a policy',
    query: 'mutation { deliver(invoiceId: "2") { isDelivered totalCents } }',
    answers: {
      anonymous: '401 UNAUTHENTICATED',
      ada: '403 FORBIDDEN',
      // The delivery has taken effect before the other subgraph refuses.
      'a driver': '200 FORBIDDEN',
      accounting: '403 FORBIDDEN',
      'an expired token': '401 UNAUTHENTICATED',
    },
  },
];

/** An operation with a selection that a directive skips. */
export interface SkippedSelection {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The router's, for a viewer who may not read the selection. */
  readonly status: number;
}

const variables = { no: false };
export const skippedSelections: Readonly<Record<string, SkippedSelection>> = {
  'a field, by a variable': {
    query: 'query ($no: Boolean!) { deliveries { id address @include(if: $no) } }',
    variables,
    status: 200,
  },
  'a field, by the default of a variable': {
    query: 'query ($no: Boolean = false) { deliveries { id address @include(if: $no) } }',
    status: 200,
  },
  'a field, by a literal': {
    query: '{ deliveries { id address @include(if: false) } }',
    status: 403,
  },
  'a field, by a literal, in a request with variables': {
    query: '{ deliveries { id address @include(if: false) } }',
    variables,
    status: 200,
  },
  'an inline fragment, by a literal': {
    query: '{ deliveries { id ... @include(if: false) { address } } }',
    status: 403,
  },
  'an inline fragment, by a variable': {
    query: 'query ($no: Boolean!) { deliveries { id ... @include(if: $no) { address } } }',
    variables,
    status: 403,
  },
  'a named fragment, by a literal': {
    query: '{ deliveries { id ...F @skip(if: true) } } fragment F on Invoice { address }',
    status: 403,
  },
};

/** Of the demo, about a room and a user. */
export const roomOperations = (roomId: string, userId: string): readonly RoutedOperation[] =>
  [
    { name: 'serverInfo', query: '{ serverInfo { name } }' },
    { name: 'me', query: '{ me { username } }' },
    { name: 'users', query: '{ users { edges { node { username } } } }' },
    { name: 'users.email', query: '{ users { edges { node { username email } } } }' },
    {
      name: 'principal (interface)',
      query: `{ principal(id: "${userId}") { id ... on User { username memberships { group } } } }`,
    },
    { name: 'auditEvents', query: '{ auditEvents(first: 1) { edges { node { action } } } }' },
    { name: 'room', query: `{ room(id: "${roomId}") { name admitsViewer } }` },
    { name: 'room.accessCode', query: `{ room(id: "${roomId}") { name accessCode } }` },
    { name: 'roomEntries (rows)', query: '{ roomEntries { edges { node { id } } } }' },
    { name: 'enterRoom', query: `mutation { enterRoom(id: "${roomId}") { id } }` },
    {
      name: 'createRoom',
      query: 'mutation { createRoom(input: { name: "R", floor: 1, groups: [] }) { id } }',
    },
    {
      name: 'createRoom (bad input)',
      query: 'mutation { createRoom(input: { name: " ", floor: 1, groups: [] }) { id } }',
    },
    {
      name: 'deleteRoom (no such room)',
      query: 'mutation { deleteRoom(id: "01a224ec-61cc-732e-ac6f-32657c0e7620") }',
    },
    {
      name: 'login (wrong password)',
      query: 'mutation { login(username: "stan", password: "not the password") { accessToken } }',
    },
  ].map((operation) => ({ ...operation, subgraph: 'rooms' }));
