/** The host could not do what was ordered; the problem says why. */
export const FAILED = 'failed';
/** An orphan whose kind is not removed: set aside, unharmed. Also the phase its driver lists it with. */
export const QUARANTINED = 'quarantined';
