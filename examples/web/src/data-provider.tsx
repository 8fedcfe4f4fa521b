import type { ApolloClient } from '@apollo/client';
import { ApolloProvider } from '@apollo/client/react';
import { useGatehouse } from '@graphql-gatehouse/client/react';
import { type ReactNode, useEffect, useState } from 'react';
import { connect } from './connect.ts';
import { Loading } from './parts/loading.tsx';

/** Gives one viewer's components an Apollo Client and a socket of their own, and closes both with them. */
export function DataProvider({ children }: { readonly children: ReactNode }) {
  const gatehouse = useGatehouse();
  const [client, setClient] = useState<ApolloClient>();

  useEffect(() => {
    const connection = connect(gatehouse);
    setClient(connection.client);
    return connection.close;
  }, [gatehouse]);

  if (client === undefined) return <Loading />;
  return <ApolloProvider client={client}>{children}</ApolloProvider>;
}
