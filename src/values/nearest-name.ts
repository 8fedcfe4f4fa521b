/** The library suggests names too. */
export { didYouMean, nearestName } from '@gatehouse/authorization/options';
