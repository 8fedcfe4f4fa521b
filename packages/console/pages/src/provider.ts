/** An identity provider of the project's configuration. */
export type Provider = string;
