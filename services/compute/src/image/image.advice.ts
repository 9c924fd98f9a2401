/** Why an image failed or waits, by the reason in its status and in its operation's error, and what to do about it. */
export const IMAGE_REASONS = {
  IMPORT_FAILED: {
    says: 'It could not be copied from its registry, and trying again would not help; the message says why.',
    advice:
      'Check the reference, and that anybody may pull it without a login; then import it again (its name is free).',
  },
  IMPORT_SOURCE_REFUSED: {
    says: 'Its registry, or where that sends us, has an address that is not public, or its layers lie elsewhere.',
    advice:
      'Import from a public registry, upload the image instead, or ask your operator to allow the address (THECLOUD_EGRESS_ALLOW).',
  },
  IMPORT_TOO_LARGE: {
    says: 'It is larger than images of this cloud may be.',
    advice: 'Make the image smaller, or ask your operator to raise THECLOUD_IMAGE_LIMIT_MIB.',
  },
  IMAGE_NEVER_FITS: {
    says: "It is larger than the cloud's disk has room for, even when that is empty. The import is not tried again.",
    advice: 'Make the image smaller, or ask your operator for a larger disk (THECLOUD_SPOOL_DIR).',
  },
  IMPORT_SPOOL_FULL: {
    says: 'The cloud has not enough free disk space to take it. The import is tried again by itself, for about an hour.',
    advice:
      'Ask your operator to free disk space, or make the image smaller; then import it again (its name is free).',
  },
  IMPORT_TIMED_OUT: {
    says: 'It did not arrive in the time that an import may take.',
    advice: 'Import it again later or from a faster registry, or upload it instead.',
  },
  IMAGE_STORAGE_LIMIT: {
    says: 'The images of the project come to as much as they may, and this one has no room beside them.',
    advice:
      'Delete images (they count for a day more), or ask your operator for more (THECLOUD_IMAGE_STORAGE_MIB_OF_PROJECT); then import it again (its name is free).',
  },
  IMAGE_STORAGE_LIMIT_OF_PERSON: {
    says: 'The images of the person in all projects come to as much as they may, and this one has no room beside them.',
    advice:
      'Delete images (they count for a day more), or ask your operator for more (THECLOUD_IMAGE_STORAGE_MIB_OF_PERSON); then import it again (its name is free).',
  },
  REGISTRY_UNAVAILABLE: {
    says: "Its registry, or the cloud's own, does not answer or reports an error of its own. The import is tried again by itself, some minutes long.",
    advice: 'Check that the registry is up, then import it again (its name is free).',
  },
} as const;

export type ImageReason = keyof typeof IMAGE_REASONS;

/** The other reasons are errors of the catalogue, about the image itself. */
export const adviceOn = (reason: string): string =>
  IMAGE_REASONS[reason as ImageReason]?.advice ??
  'Build the image again without what the message names, for the platform of this cloud; then import it again (its name is free).';
