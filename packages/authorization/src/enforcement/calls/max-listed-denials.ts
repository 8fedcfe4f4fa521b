/**
 * The maximum number of refusals in one answer, and of errors for reads that were not recorded, so that its size does not
 * depend on the amount of refused data.
 */
export const maxListedDenials = 20;
