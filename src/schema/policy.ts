import type { Policy as AuthorizationPolicy } from '@gatehouse/authorization';
import type { Viewer } from '../authentication/viewer.ts';
import type { Context } from './context.ts';

/** A policy of this schema: one predicate for a value of the enum `Policy`. */
export type Policy = AuthorizationPolicy<Viewer, Context>;

/** Whether a field's source is a record; at a root field there is none. */
export const isRecordWithId = (source: unknown): source is { readonly id: string } =>
  typeof source === 'object' && source !== null && 'id' in source && typeof source.id === 'string';
