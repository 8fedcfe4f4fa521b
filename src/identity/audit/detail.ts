/**
 * Quotes a text from a client for the detail of an event, so that it cannot imitate the server's own text, such as `;
 * command line`.
 */
export const quoted = (text: string): string => JSON.stringify(text);
