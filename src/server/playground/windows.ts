import type { AltairConfigOptions } from 'altair-static';

/** The environment of Altair that contains the page's token. */
const sessionEnvironment = { id: 'session', title: 'This page' } as const;

const logIn = {
  initialName: 'Log in',
  initialQuery: `# Start here: type your password into VARIABLES (below) and press "Send Request".
# From then on, this page sends your access token with every request: try "Who am I".
# When the token has expired or is lost (the page was reloaded), log in again.
mutation LogIn($username: String!, $password: String!) {
  login(username: $username, password: $password) {
    accessToken
    expiresIn # seconds
    user {
      username
      groups
    }
  }
}
`,
  initialVariables: JSON.stringify({ username: 'admin', password: '' }, null, 2),
  initialPreRequestScript: `// Logs in without the old token, which may have expired.
altair.helpers.setEnvironment('headers', {});
`,
  // Altair adds `headers` of the environment to the requests of every window, new ones included. Before the login
  // there is no token: a window then sends no header, rather than an empty token, which is malformed.
  initialPostRequestScript: `// Keeps the access token for the other windows.
const { data } = JSON.parse(altair.response.body);
if (data && data.login) {
  altair.helpers.setEnvironment('accessToken', data.login.accessToken, true);
  altair.helpers.setEnvironment('headers', { Authorization: 'Bearer {{accessToken}}' }, true);
}
`,
} satisfies AltairConfigOptions;

const whoAmI = {
  initialName: 'Who am I',
  initialQuery: `# Who are you logged in as? Log in first, in window 1.
query WhoAmI {
  viewer {
    groups
    principal {
      id
    }
  }
  me {
    username
    displayName
    groups
  }
}
`,
} satisfies AltairConfigOptions;

const access = {
  initialName: 'What may I do',
  initialQuery: `# Which queries, mutations and subscriptions may you use? Log in first, in window 1.
query Access {
  viewer {
    access
  }
}
`,
} satisfies AltairConfigOptions;

/** The settings of every window, also of those opened later. */
const everyWindow = {
  initialSubscriptionRequestHandlerId: 'graphql-ws',
  initialSubscriptionsPayload: { Authorization: 'Bearer {{accessToken}}' },
} satisfies AltairConfigOptions;

/** The initial values of the settings in Altair's dialog. */
const settings = {
  // The older script engine interprets. The newer one needs `unsafe-eval` in the page's policy.
  'beta.disable.newScript': true,
  // The visible schema depends on the token: it is read at the start and whenever the token changes.
  'schema.reload.onEnvChange': true,
  'alert.disableUpdateNotification': true,
  'banners.disable': true,
  disablePushNotification: true,
} satisfies AltairConfigOptions['persistedSettings'];

/** Altair's start options. The start script adds the addresses, from the browser's location. */
export const altairOptions = {
  ...everyWindow,
  initialWindows: [logIn, whoAmI, access].map((window) => ({ ...window, ...everyWindow })),
  initialEnvironments: {
    activeSubEnvironment: sessionEnvironment.id,
    subEnvironments: [sessionEnvironment],
  },
  initialSettings: settings,
  persistedSettings: settings,
  // Every visit starts with the windows above. Nothing is restored, so they cannot multiply.
  preserveState: false,
  disableAccount: true,
  instanceStorageNamespace: 'gatehouse_',
} satisfies AltairConfigOptions;
