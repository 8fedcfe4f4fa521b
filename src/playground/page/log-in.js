import {
  completeSession,
  completeWithPasskey,
  describeFailure,
  describeWithheld,
  endSession,
  hasPasskeys,
  readViewer,
  startSession,
} from './session.js';

/** @typedef {import('./session.js').Viewer} Viewer */

/**
 * Returns the element of the form or of the viewer's row that matches.
 *
 * @template {HTMLElement} T
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
function find(selector, kind) {
  const found = document.querySelector(`.gatehouse ${selector}`);
  if (!(found instanceof kind)) throw new Error(`The page has no ${selector}.`);
  return found;
}

const form = find('form', HTMLFormElement);
const usernameField = find('[name=username]', HTMLInputElement);
const passwordField = find('[name=password]', HTMLInputElement);
const firstPasskeyButton = find('[data-first-passkey]', HTMLButtonElement);
const factorForm = find('[data-factor]', HTMLFormElement);
const codeField = find('[name=code]', HTMLInputElement);
const passkeyButton = find('[data-passkey]', HTMLButtonElement);
const cancelButton = find('[data-cancel]', HTMLButtonElement);
const viewerRow = find('[data-viewer]', HTMLElement);
const viewerText = find('[data-viewer] p', HTMLElement);
const usernameText = find('[data-username]', HTMLElement);
const groupsText = find('[data-groups]', HTMLElement);
const withheldText = find('[data-withheld]', HTMLElement);
const logOutButton = find('[data-viewer] button', HTMLButtonElement);
const errorText = find('[role=alert]', HTMLElement);
const statusText = find('[role=status]', HTMLElement);

/** Tabs send a message when the session has changed. It contains nothing: each tab asks the server. */
const otherTabs = new BroadcastChannel('gatehouse-session');

/** The text about the viewer; empty: no viewer. Undefined until the server has answered. */
let shown = /** @type {string | undefined} */ (undefined);
let isBusy = false;
let reads = 0;
/** The challenge of a log-in of which a factor is due. */
let challenge = '';

/**
 * @param {string} text empty: removes the error
 * @param {boolean} [isOfFields] whether the values of the fields caused it
 */
function showError(text, isOfFields = false) {
  errorText.textContent = text;
  for (const field of [usernameField, passwordField, codeField]) {
    field.setAttribute('aria-invalid', String(isOfFields));
  }
}

/** @param {Viewer | undefined} viewer */
function showViewer(viewer) {
  const hadFocus = [form, factorForm, viewerRow].some((each) =>
    each.contains(document.activeElement),
  );
  factorForm.hidden = true;
  form.hidden = viewer !== undefined;
  viewerRow.hidden = viewer === undefined;
  usernameText.textContent = viewer?.username ?? '';
  groupsText.textContent = viewer?.groups.join(', ') || 'no groups';
  const withheld = viewer === undefined ? '' : describeWithheld(viewer);
  withheldText.textContent = withheld === '' ? '' : ` ${withheld}`;
  const next = viewer === undefined ? '' : (viewerText.textContent ?? '');
  const isChange = shown !== undefined && next !== shown;
  shown = next;
  if (!isChange) return;
  passwordField.value = '';
  codeField.value = '';
  statusText.textContent = next || 'Logged out';
  if (hadFocus) (viewer === undefined ? usernameField : viewerText).focus();
  reloadSchemas();
}

/** The schema that Altair shows depends on the viewer. Altair has no function to reload it, but a button. */
function reloadSchemas() {
  for (const button of document.querySelectorAll('[track-id="reload_docs"]')) {
    if (button instanceof HTMLElement) button.click();
  }
}

/** Shows who is logged in, as the server says. Of several calls at a time, the last counts. */
async function update() {
  reads += 1;
  const read = reads;
  const outcome = await readViewer();
  if (read !== reads) return;
  if ('viewer' in outcome) {
    showError('');
    showViewer(outcome.viewer);
    return;
  }
  const { failure } = outcome;
  if (failure.code === 'UNAUTHENTICATED' || shown === undefined) showViewer(undefined);
  showError(failure.reason === 'TOKEN_MISSING' ? '' : describeFailure(failure));
}

/**
 * Starts or ends the session, one at a time. Then shows who is logged in, here and in the other tabs.
 *
 * @param {() => ReturnType<typeof endSession>} change
 */
async function changeSession(change) {
  if (isBusy) return;
  isBusy = true;
  showError('');
  const failure = await change();
  if (failure === undefined) {
    otherTabs.postMessage(null);
    await update();
  } else {
    const isStep = failure.reason === 'FACTOR_REQUIRED';
    const isWrongCode = failure.reason === 'BAD_CREDENTIALS' && !factorForm.hidden;
    const text = isWrongCode ? 'The code or the passkey is wrong.' : describeFailure(failure);
    showError(isStep ? '' : text, failure.reason === 'BAD_CREDENTIALS');
  }
  isBusy = false;
}

/**
 * Shows the form for a second factor.
 *
 * @param {readonly string[]} factors
 */
function askForFactor(factors) {
  form.hidden = true;
  factorForm.hidden = false;
  passwordField.value = '';
  const hasPasskey = factors.some((factor) => factor.startsWith('PASSKEY'));
  passkeyButton.hidden = !hasPasskey;
  statusText.textContent = 'A second factor is required';
  // A recovery code is for those who have lost what they use.
  (hasPasskey && !factors.includes('OTP') ? passkeyButton : codeField).focus();
}

/** Shows the form for the username and the password again. */
function askForPassword() {
  factorForm.hidden = true;
  form.hidden = false;
  codeField.value = '';
  usernameField.focus();
}

async function logIn() {
  const failure = await startSession({
    username: usernameField.value,
    password: passwordField.value,
  });
  if (failure === undefined) return findLostCookie();
  if (!askForDue(failure)) passwordField.select();
  return failure;
}

/**
 * Asks for the factor that is due after a first one. Returns whether one is.
 *
 * @param {import('./session.js').Failure} failure
 */
function askForDue(failure) {
  if (failure.challenge === undefined) return false;
  challenge = failure.challenge;
  askForFactor(failure.factors ?? []);
  return true;
}

/** @param {() => Promise<import('./session.js').Failure | undefined>} prove */
async function complete(prove) {
  const failure = await prove();
  if (failure === undefined) return findLostCookie();
  if (failure.reason === 'CHALLENGE_ENDED') askForPassword();
  else if (!askForDue(failure)) codeField.select();
  return failure;
}

const completeWithCode = () => {
  const code = codeField.value;
  const proof = /^[\d\s]+$/.test(code) ? { otp: code } : { recoveryCode: code };
  return completeSession({ challenge, proof });
};

/** Whether the browser has stored the cookie of a session that was just started. */
async function findLostCookie() {
  const outcome = await readViewer();
  const isLost = 'failure' in outcome && outcome.failure.reason === 'TOKEN_MISSING';
  return isLost ? { code: 'COOKIE_REJECTED' } : undefined;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void changeSession(logIn);
});

factorForm.addEventListener('submit', (event) => {
  event.preventDefault();
  void changeSession(() => complete(completeWithCode));
});

passkeyButton.addEventListener(
  'click',
  () => void changeSession(() => complete(() => completeWithPasskey(challenge))),
);

firstPasskeyButton.addEventListener(
  'click',
  () => void changeSession(() => complete(completeWithPasskey)),
);

cancelButton.addEventListener('click', () => {
  showError('');
  askForPassword();
});

logOutButton.addEventListener('click', () => void changeSession(endSession));

otherTabs.addEventListener('message', () => void update());

// The session may have ended while the tab was in the background.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && !isBusy) void update();
});

void hasPasskeys().then((has) => {
  firstPasskeyButton.hidden = !has;
});

void update();
