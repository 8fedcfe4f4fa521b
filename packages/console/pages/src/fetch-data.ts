import type { TypedDocument } from '@graphql-gatehouse/client';
import { gatehouse } from './gatehouse.ts';

/** Sends an operation. @throws {GatehouseError} */
export const fetchData = <Result, Variables extends object>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
): Promise<Result> => gatehouse.fetch(document, variables);
