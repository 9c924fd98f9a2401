/** Every type of event there is, and what it says. docs/events.md shows this list. */
export const eventTypes = {
  'thecloud.instance.changed':
    'An instance was made, changed its state or spec, or is gone (state `deleted`)',
  'thecloud.image.changed': 'An image was made, became ready, failed, or is gone (state `deleted`)',
  'thecloud.operation.changed': 'An operation began, came to its next step, or ended',
  'thecloud.host.changed':
    'A host was announced, joined, fell silent, was given up, cordoned, uncordoned or removed',
  'thecloud.ssh-key.imported': 'An SSH key was imported',
  'thecloud.ssh-key.renamed': 'An SSH key has another name',
  'thecloud.ssh-key.deleted': 'An SSH key is gone',
  'thecloud.api-key.created': 'An API key was made',
  'thecloud.api-key.revoked': 'An API key works no longer',
  'thecloud.member.added': 'Somebody became a member of the project',
  'thecloud.member.updated': 'A member has another role',
  'thecloud.member.removed': 'Somebody is no longer a member',
  'thecloud.project.created': 'A project was made',
  'thecloud.project.updated': 'A project has another name or other labels',
  'thecloud.project.deleted': 'A project is gone',
  'thecloud.user.created': 'An account was opened',
  'thecloud.user.disabled': 'An account was disabled',
  'thecloud.user.enabled': 'A disabled account was enabled',
  'thecloud.user.administrator-granted': 'Somebody was made an administrator of the installation',
  'thecloud.user.administrator-revoked': 'Somebody is no longer an administrator of the installation',
  'thecloud.user.deleted': 'An account is gone',
  'thecloud.user.password-changed': 'Somebody changed their password',
  'thecloud.user.password-reset': "An administrator reset somebody's password",
} as const;

export type EventType = keyof typeof eventTypes;
