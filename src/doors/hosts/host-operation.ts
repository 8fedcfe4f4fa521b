import { type DocumentNode, print } from 'graphql';
import { withCurrentViewer } from '../../context/create-context.ts';
import type { Asked } from '../../operation/asked.ts';
import type { HostContext } from './host-context.ts';

/** One operation of a host. Its document is valid. */
export interface HostOperation {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contextValue: HostContext;
}

/** Returns the operation of a host, whose context may be a copy. Its functions then read rows for the copy, which runs. */
export function toAsked({
  document,
  operationName,
  variableValues,
  contextValue,
}: HostOperation): Asked & { readonly context: HostContext } {
  const context = contextValue.withRows(withCurrentViewer(contextValue));
  return {
    query: document.loc?.source.body ?? print(document),
    document,
    operationName,
    variables: variableValues,
    prefer: context.prefer,
    clientName: context.clientName,
    allowedKinds: ['query', 'mutation', 'subscription'],
    context,
  };
}
