import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import type { Gatehouse } from 'gatehouse';

/** Adds Gatehouse to an Express application that has Apollo Server. */
export async function createServer({ schema, apolloPlugin, contextOf, handler }: Gatehouse) {
  const apollo = new ApolloServer({ schema, plugins: [apolloPlugin()] });
  await apollo.start();
  const graphql = expressMiddleware(apollo, { context: ({ req }) => contextOf(req) });
  return express().use(handler).use('/graphql', express.json(), graphql);
}
