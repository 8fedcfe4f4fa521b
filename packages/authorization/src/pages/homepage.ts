/** The address of the site of the documents, without a slash at its end. Packing a release writes it, from its settings. */
export const homepage: string | undefined = undefined;
