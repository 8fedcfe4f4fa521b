import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import type { Gatehouse } from 'graphql-gatehouse';
import { apolloPlugin } from 'graphql-gatehouse/apollo';

/** Adds Gatehouse to an Express application that has Apollo Server. */
export async function createServer(gatehouse: Gatehouse) {
  const { schema, contextOf, handler } = gatehouse;
  const apollo = new ApolloServer({ schema, plugins: [apolloPlugin(gatehouse)] });
  await apollo.start();
  const graphql = expressMiddleware(apollo, { context: ({ req }) => contextOf(req) });
  return express().use(handler).use('/graphql', express.json(), graphql);
}
