import type { AltairConfigOptions } from 'altair-static';

const access = {
  initialName: 'What may I do',
  initialQuery: `# Which queries, mutations and subscriptions may you use?
query Access {
  viewer {
    access
  }
}
`,
} satisfies AltairConfigOptions;

const whoAmI = {
  initialName: 'Who am I',
  initialQuery: `# Log in above. From then on, the browser sends your session with every request.
query WhoAmI {
  me {
    username
    displayName
    groups
  }
}
`,
} satisfies AltairConfigOptions;

const refused = {
  initialName: 'What is denied',
  initialQuery: `# Only AUDITOR may read this. For other users nothing runs: the error names the field, and the groups that may.
query Denied {
  auditEvents(first: 5) {
    edges {
      node {
        action
      }
    }
  }
}
`,
} satisfies AltairConfigOptions;

/** The settings of every window, also of those opened later. The session cookie is sent with the WebSocket. */
const everyWindow = {
  initialSubscriptionRequestHandlerId: 'graphql-ws',
} satisfies AltairConfigOptions;

/** The initial values of the settings in Altair's dialog. */
const settings = {
  // The older script engine interprets. The newer one needs `unsafe-eval` in the page's policy.
  'beta.disable.newScript': true,
  'alert.disableUpdateNotification': true,
  'banners.disable': true,
  disablePushNotification: true,
} satisfies AltairConfigOptions['persistedSettings'];

/** Altair's start options. The start script adds the addresses, from the browser's location. */
export const altairOptions = {
  ...everyWindow,
  // Altair shows the last one.
  initialWindows: [refused, whoAmI, access].map((window) => ({ ...window, ...everyWindow })),
  initialSettings: settings,
  persistedSettings: settings,
  // Every visit starts with the windows above. Nothing is restored, so they cannot multiply.
  preserveState: false,
  disableAccount: true,
  instanceStorageNamespace: 'gatehouse_',
} satisfies AltairConfigOptions;
