/** The name of this installation, which distinguishes production from a test. */
export const installationName: string = window.location.host;
