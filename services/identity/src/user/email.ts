/** One spelling an address: people write theirs with capitals now and then. */
export const normalEmail = (email: string): string => email.trim().toLowerCase();
