/** In the place of a project's id, for what belongs to none: hosts. */
export const PLATFORM = 'platform';

/** Where an event stands in the stream. */
export const subjectOf = (projectId: string, type: string) => `events.${projectId || PLATFORM}.${type}`;

/** Of whom a subject speaks: the second of its tokens. */
export const ownerOf = (subject: string): string | undefined => subject.split('.', 2)[1];
