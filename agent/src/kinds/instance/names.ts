export const KIND = 'instance';
export const OWNER = 'compute';
/** Of the owner's controllers the one that orders instances. */
export const CONTROLLERS = ['instance'] as const;
/** The same as the journal has it. */
export const CONTROLLER = `${OWNER}/${CONTROLLERS[0]}`;
