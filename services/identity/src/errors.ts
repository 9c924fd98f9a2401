import { entry, errorCatalogue } from '@thecloud/kernel';

/** What can go wrong in identity, and what the reader may do about it. */
export const errors = errorCatalogue('identity.thecloud', {
  LOGIN_FAILED: entry(
    'UNAUTHENTICATED',
    () => 'The e-mail address or the password is wrong. Check both and try again.',
  ),
  LOGIN_LIMITED: entry<{ minutes: string }>(
    'RESOURCE_EXHAUSTED',
    (m) => `Too many attempts. Try again in ${m.minutes} minutes.`,
  ),
  USER_DISABLED: entry(
    'PERMISSION_DENIED',
    () => 'This account is disabled. Ask an administrator of this cloud to enable it.',
  ),
  PASSWORD_CHANGE_REQUIRED: entry(
    'FAILED_PRECONDITION',
    () => 'This is a one-time password. Sign in once more with it and with a new password (new_password).',
    { field: 'new_password' },
  ),
  PASSWORD_CHANGE_NOT_DUE: entry(
    'FAILED_PRECONDITION',
    () => 'This is no one-time password. Sign in without new_password; change the password afterwards.',
    { field: 'new_password' },
  ),
  ONE_TIME_PASSWORD_EXPIRED: entry(
    'UNAUTHENTICATED',
    () => 'This one-time password has expired. Ask an administrator of this cloud for another one.',
  ),
  PASSWORD_WRONG: entry(
    'INVALID_ARGUMENT',
    () => 'The old password is not the present password of this account. Try again.',
    {
      field: 'old_password',
    },
  ),
  PASSWORD_UNCHANGED: entry(
    'INVALID_ARGUMENT',
    () => 'The new password must differ from the present one. Choose another.',
    {
      field: 'new_password',
    },
  ),
  USER_UNKNOWN: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `User ${m.id} was not found. \`cloud user list\` shows those there are.`,
  ),
  LAST_ADMINISTRATOR: entry(
    'FAILED_PRECONDITION',
    () =>
      'This is the last administrator of this cloud. Make somebody else one first: `cloud user grant-admin EMAIL`.',
  ),
  ONLY_OWNER: entry<{ projects: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `This user is the only owner of ${m.projects}. Name somebody to become an owner there: \`--hand-over-to EMAIL\` (hand_over_to). Or have these projects deleted first. To only keep the user out, disable the account.`,
    { field: 'hand_over_to' },
  ),
  ACCOUNT_CHANGES_LIMITED: entry<{ minutes: string }>(
    'RESOURCE_EXHAUSTED',
    (m) => `You have changed too many accounts. Try again in ${m.minutes} minutes.`,
  ),
  REGISTRATION_CLOSED: entry(
    'FAILED_PRECONDITION',
    () => 'This cloud does not take new accounts. Ask its operator for one.',
  ),
  REGISTRATION_LIMITED: entry<{ minutes: string }>(
    'RESOURCE_EXHAUSTED',
    (m) => `Too many accounts were opened from your address. Try again in ${m.minutes} minutes.`,
  ),
  EMAIL_TAKEN: entry<{ email: string }>(
    'ALREADY_EXISTS',
    (m) => `There is an account for ${m.email} already. Sign in to it, or use another address.`,
    { field: 'email' },
  ),
  BUSY: entry(
    'RESOURCE_EXHAUSTED',
    () => 'Too many passwords are being checked at this moment. Try again in a second.',
    { retryAfterSeconds: 1 },
  ),
  SESSION_REQUIRED: entry(
    'FAILED_PRECONDITION',
    () => 'Only a signed-in person can do this, not an API key. Sign in with `cloud login`.',
  ),
  PROJECT_NOT_FOUND: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `Project ${m.id} was not found. \`cloud project list\` shows those you belong to.`,
  ),
  PROJECT_NAME_TAKEN: entry<{ name: string }>(
    'ALREADY_EXISTS',
    (m) => `You have a project ${m.name} already. Choose another name.`,
    { field: 'name' },
  ),
  PROJECT_UPDATE_EMPTY: entry(
    'INVALID_ARGUMENT',
    () => 'The update names no field. Send name, labels or both.',
    { field: 'update_mask' },
  ),
  PROJECT_LIMIT: entry<{ limit: string }>(
    'RESOURCE_EXHAUSTED',
    (m) => `You own ${m.limit} projects already, the most one account may make. Ask the operator for more.`,
  ),
  USER_NOT_FOUND: entry<{ email: string }>(
    'NOT_FOUND',
    (m) => `There is no account for ${m.email}. Ask that person to register first.`,
    { field: 'email' },
  ),
  MEMBER_EXISTS: entry<{ email: string }>(
    'ALREADY_EXISTS',
    (m) => `${m.email} is a member already. Change the role with an update.`,
    { field: 'email' },
  ),
  MEMBER_NOT_FOUND: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `User ${m.id} is not a member of this project. List the members to see who is.`,
  ),
  OWNER_REQUIRED: entry(
    'PERMISSION_DENIED',
    () => 'Only an owner of the project may make or unmake owners. Ask one of them.',
  ),
  LAST_OWNER: entry(
    'FAILED_PRECONDITION',
    () => 'A project keeps at least one owner. Make somebody else an owner first.',
  ),
  ROLE_TOO_HIGH: entry<{ role: string }>(
    'PERMISSION_DENIED',
    (m) => `You are ${m.role} here and cannot hand out more than that. Choose ${m.role} or less.`,
    { field: 'role' },
  ),
  API_KEY_NOT_FOUND: entry<{ id: string }>(
    'NOT_FOUND',
    (m) => `API key ${m.id} was not found. List the project's keys to see those that live.`,
  ),
  API_KEY_NAME_TAKEN: entry<{ name: string }>(
    'ALREADY_EXISTS',
    (m) => `This project has an API key ${m.name} already. Choose another name, or revoke that one.`,
    { field: 'name' },
  ),
  API_KEY_EXPIRY_PAST: entry(
    'INVALID_ARGUMENT',
    () =>
      'The key would have expired already. Choose a later expires_at, or none for a key that does not expire.',
    { field: 'expires_at' },
  ),
  API_KEY_LIMIT: entry<{ limit: string }>(
    'RESOURCE_EXHAUSTED',
    (m) => `This project has ${m.limit} live API keys, the most it may have. Revoke one that is not needed.`,
  ),
  EVENTS_EXPIRED: entry<{ after: string }>(
    'FAILED_PRECONDITION',
    (m) =>
      `What came after event ${m.after} is no longer kept, or there was no such event here. List the resources you follow, then watch from now on: without \`after\`.`,
    { field: 'after' },
  ),
  EVENTS_TOO_SLOW: entry(
    'RESOURCE_EXHAUSTED',
    () =>
      'More events waited for you than are held for one reader. Nothing is lost: watch again with `after` set to the id of the last event you have seen.',
  ),
  CERTIFICATE_REVOKED: entry<{ name: string }>(
    'PERMISSION_DENIED',
    (m) => `${m.name} was removed and gets no certificate. Announce it anew, and join with the new token.`,
  ),
  JOIN_TOKEN_INVALID: entry(
    'UNAUTHENTICATED',
    () => 'The join token is not one of this cloud, or it has expired. Get a new one and enrol again.',
    { field: 'join_token' },
  ),
  CSR_INVALID: entry(
    'INVALID_ARGUMENT',
    () =>
      'The certificate request must be a PKCS#10 request in DER with an ECDSA P-256 key, signed by that key.',
    { field: 'csr' },
  ),
  ENROLLMENT_LIMITED: entry(
    'RESOURCE_EXHAUSTED',
    () => 'Too many processes are enrolling at this moment. Try again in a few seconds.',
    { retryAfterSeconds: 5 },
  ),
});
