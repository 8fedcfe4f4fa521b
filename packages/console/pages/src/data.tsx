import { GatehouseError, type TypedDocument } from '@graphql-gatehouse/client';
import {
  keepPreviousData,
  QueryClient,
  QueryClientProvider,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { fetchData } from './fetch-data.ts';
import { gatehouse } from './gatehouse.ts';

/** Keeps what was read of one viewer. */
export function DataProvider({ children }: { readonly children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          // Without a network, an operation fails. By default it would wait without a word.
          queries: {
            networkMode: 'always',
            retry: isWorthRetrying,
            staleTime: 5_000,
            // After the end of a session, what it has read stays as it is.
            refetchOnWindowFocus: hasSession,
          },
        },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

const hasSession = (): boolean => gatehouse.viewer().principal !== null;

const isWorthRetrying = (failures: number, error: Error): boolean =>
  failures < 2 && error instanceof GatehouseError && error.code === 'SERVICE_UNAVAILABLE';

interface UseDataOptions {
  readonly isEnabled?: boolean;
  /** Whether the data changes seldom, such as with the schema: it is kept for some minutes. */
  readonly isKept?: boolean;
}

/** How long such data is kept: a server can be replaced while the page is open. */
const keptMs = 5 * 60_000;

/** Reads data. While other variables are read, the earlier data stays: nothing jumps. */
export function useData<Result, Variables extends object>(
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  { isEnabled = true, isKept = false }: UseDataOptions = {},
): UseQueryResult<Result> {
  return useQuery({
    queryKey: [String(document), variables],
    queryFn: () => fetchData(document, variables),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
    ...(isKept && { staleTime: keptMs }),
  });
}

/** Reads all that is shown again, after a change. What the viewer may do stays as it is. */
export const readAgain = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({ predicate: ({ queryKey: [kind] }) => kind !== 'allowed' });

/**
 * Returns whether the page still has the viewer who began an act, on the same place: another user can have logged in in another
 * tab meanwhile, for whom nothing may go on.
 */
export function rememberPlace(): () => boolean {
  const place = () => `${gatehouse.viewer().principal?.id} ${pathOf(window.location.hash)}`;
  const begun = place();
  return () => place() === begun;
}

const pathOf = (hash: string): string => hash.split('?', 1)[0] ?? '';
