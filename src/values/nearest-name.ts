/** The library suggests names too. */
export { didYouMean, nearestName } from '@graphql-gatehouse/authorization/options';
