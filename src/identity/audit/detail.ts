/**
 * A text that a client has chosen, for the detail of an event: in quotes, so that it cannot pass for
 * what the server tells beside it, such as `; command line`.
 */
export const quoted = (text: string): string => JSON.stringify(text);
