/** How this installation is told from others, such as production from a test. */
export const installationName: string = window.location.host;
