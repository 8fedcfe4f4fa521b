/** A group of the project's schema. */
export type Group = string;
