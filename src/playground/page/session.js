/**
 * @typedef {object} Viewer
 * @property {string} username
 * @property {readonly string[]} groups
 * @property {readonly WithheldGroup[]} withheld
 */

/**
 * @typedef {object} WithheldGroup
 * @property {string} group
 * @property {string | null} enrolUntil null: the account has a second factor
 * @property {boolean} mayEnrol
 */

/**
 * @typedef {object} Failure
 * @property {string} code that of the error's `extensions`; NETWORK: there is no response of the server;
 *   COOKIE_REJECTED: the browser has not stored the cookie
 * @property {string} [reason]
 * @property {number} [retryAfterSeconds]
 * @property {string} [challenge] with FACTOR_REQUIRED: to be sent with the proof
 * @property {readonly string[]} [factors] with FACTOR_REQUIRED: one of them is due
 */

/** @typedef {{ readonly options: string, readonly challenge: string }} PasskeyOptions */

/**
 * @typedef {object} Data
 * @property {{ readonly username: string }} me
 * @property {Omit<Viewer, 'username'>} viewer
 * @property {PasskeyOptions} passkeyOptions
 * @property {{ readonly fields: readonly { readonly name: string }[] }} __type
 */

/** @typedef {{ readonly data: Data } | { readonly failure: Failure }} Outcome */

const timeoutMs = 30_000;

/**
 * Runs an operation with the session cookie. Returns failures, of the network too.
 *
 * @param {string} query
 * @param {Readonly<Record<string, unknown>>} [variables]
 * @returns {Promise<Outcome>}
 */
async function ask(query, variables) {
  try {
    const response = await fetch(location.pathname, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        // Without a viewer: 200 and an error, since browsers write each 401 to the console.
        prefer: 'handling=lenient',
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { data, errors } = await response.json();
    if (errors === undefined) return { data };
    const { code, reason, challenge, factors } = errors[0].extensions;
    const seconds = Number(response.headers.get('retry-after'));
    const waiting = seconds > 0 ? { retryAfterSeconds: seconds } : {};
    return { failure: { code, reason, challenge, factors, ...waiting } };
  } catch {
    // No connection, no response in time, or one that is not of the server, such as an error page of a proxy.
    return { failure: { code: 'NETWORK' } };
  }
}

/**
 * Starts a session: the response sets its cookie, which scripts cannot read.
 *
 * @param {{ readonly username: string, readonly password: string }} credentials
 * @returns {Promise<Failure | undefined>}
 */
export async function startSession({ username, password }) {
  const outcome = await ask(
    `mutation ($username: String!, $password: String!) {
      startSession(username: $username, password: $password) { groups }
    }`,
    { username, password },
  );
  return 'failure' in outcome ? outcome.failure : undefined;
}

/**
 * Completes a log-in with the proof that was due.
 *
 * @param {{ readonly challenge: string, readonly proof: Readonly<Record<string, string>> }} completion
 * @returns {Promise<Failure | undefined>}
 */
export async function completeSession(completion) {
  const outcome = await ask(
    `mutation ($challenge: String!, $proof: Proof!) {
      completeSession(challenge: $challenge, proof: $proof) { groups }
    }`,
    completion,
  );
  return 'failure' in outcome ? outcome.failure : undefined;
}

const passkeyQuery = `query ($challenge: String) {
  passkeyOptions(challenge: $challenge) { options challenge }
}`;

/** Whether the server takes passkeys, and the browser has them. By introspection: browsers write each 400 to the console. */
export async function hasPasskeys() {
  if (typeof PublicKeyCredential === 'undefined') return false;
  const outcome = await ask('{ __type(name: "Query") { fields { name } } }');
  if ('failure' in outcome) return false;
  return outcome.data.__type.fields.some(({ name }) => name === 'passkeyOptions');
}

/**
 * Completes a log-in with a passkey, which the browser asks its user for.
 *
 * @param {string} [challenge] of a log-in of which a factor is due. Absent: the passkey says who logs in.
 * @returns {Promise<Failure | undefined>}
 */
export async function completeWithPasskey(challenge) {
  const outcome = await ask(passkeyQuery, { challenge });
  if ('failure' in outcome) return outcome.failure;
  const { options, challenge: next } = outcome.data.passkeyOptions;
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
    const credential = await navigator.credentials.get({ publicKey });
    return completeSession({ challenge: next, proof: { passkey: JSON.stringify(credential) } });
  } catch {
    // The user declined, the browser has no passkey of this site, or it has no passkeys.
    return { code: 'PASSKEY_MISSING' };
  }
}

/**
 * Ends the session. A session that has already ended is no failure.
 *
 * @returns {Promise<Failure | undefined>}
 */
export async function endSession() {
  const outcome = await ask('mutation { logout }');
  if (!('failure' in outcome) || outcome.failure.code === 'UNAUTHENTICATED') return undefined;
  return outcome.failure;
}

/**
 * Reads who is logged in.
 *
 * @returns {Promise<{ readonly viewer: Viewer } | { readonly failure: Failure }>}
 */
export async function readViewer() {
  const outcome = await ask('{ __typename me { username } }');
  if ('failure' in outcome) return outcome;
  // Apart: `viewer` is never null, so that without one the answer would be a 401.
  const rights = await ask('{ viewer { groups withheld { group enrolUntil mayEnrol } } }');
  if ('failure' in rights) return rights;
  return { viewer: { username: outcome.data.me.username, ...rights.data.viewer } };
}

/**
 * Returns a sentence about each group that asks for a second factor, and what to do.
 *
 * @param {Viewer} viewer
 * @returns {string}
 */
export function describeWithheld({ groups, withheld }) {
  return withheld
    .map(({ group, enrolUntil, mayEnrol }) => {
      if (enrolUntil === null) return `${group} requires your second factor: log in again.`;
      const end = new Date(enrolUntil).toLocaleString();
      if (groups.includes(group))
        return `${group} pauses on ${end} unless you add a second factor.`;
      return mayEnrol
        ? `${group} is paused: until ${end}, add a second factor in the console, or by enrolOtp.`
        : `${group} is paused: the time to add a second factor ended on ${end}. An administrator can open it again.`;
    })
    .join(' ');
}

/**
 * Returns a sentence about a failure: what happened, and what to do.
 *
 * @param {Failure} failure
 * @returns {string}
 */
export function describeFailure({ code, reason, retryAfterSeconds }) {
  if (reason === 'BAD_CREDENTIALS') return 'The username or the password is wrong.';
  if (reason === 'CHALLENGE_ENDED') return 'This login took too long. Log in again.';
  if (code === 'PASSKEY_MISSING') return 'The browser has used no passkey of this site.';
  if (reason === 'CROSS_SITE') {
    return 'The server takes this page for one of another site. A proxy in between must keep the header Host.';
  }
  const when = retryAfterSeconds === undefined ? 'later' : `in ${toWords(retryAfterSeconds)}`;
  if (code === 'RATE_LIMITED') return `There were too many attempts. Try again ${when}.`;
  if (code === 'SERVICE_UNAVAILABLE') return `The server is overloaded. Try again ${when}.`;
  if (code === 'NETWORK')
    return 'The server cannot be reached. Check the connection, and try again.';
  if (code === 'COOKIE_REJECTED') {
    return 'The browser rejected the session cookie. Open this page by HTTPS, or as localhost.';
  }
  if (code === 'UNAUTHENTICATED') return 'The session has ended. Log in again.';
  return `The server rejected the request (${code}).`;
}

/** @param {number} seconds */
function toWords(seconds) {
  const minutes = Math.ceil(seconds / 60);
  if (seconds > 90) return `${minutes} minutes`;
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
}
