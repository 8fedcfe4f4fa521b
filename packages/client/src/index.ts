export type { FactorKinds, Outcome, Rules } from '@graphql-gatehouse/authorization/decision';
export { type AnswerError, type FetchOptions, GatehouseError, type Sending } from './answers.ts';
export type { NeededProof, OnReauthenticate } from './connection-parts.ts';
export { createGatehouseClient } from './create-gatehouse-client.ts';
export type { TypedDocument } from './documents.ts';
export type { GatehouseClient } from './gatehouse-client.ts';
export type { DueFactors, Login, Proof, ProofOfSession, Proven } from './log-in.ts';
export type { Tokens } from './tabs.ts';
export type { Authentication, Principal, Viewer } from './viewer.ts';

/**
 * The coordinates of the project's schema, for the adapters. The file that `@graphql-gatehouse/codegen` generates adds the
 * property `coordinate`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: generated code adds to it.
export interface Register {}

/** A coordinate of the project's schema. Any text, if no generated file says which there are. */
export type RegisteredCoordinate = Register extends {
  readonly coordinate: infer Coordinate extends string;
}
  ? Coordinate
  : string;
