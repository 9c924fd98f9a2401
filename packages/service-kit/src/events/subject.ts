/** In the place of a project's id, for what belongs to none: hosts. */
export const PLATFORM = 'platform';

/** Where the events of a project (or of the platform) stand in the stream. */
export const subjectOf = (owner: string) => `events.${owner}.changes`;

/** Of whom a subject speaks: the second of its tokens. */
export const ownerOf = (subject: string): string | undefined => subject.split('.', 2)[1];
