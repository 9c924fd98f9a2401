/** Why an instance fails or waits, by the reason in its status and in its operation's error, and what to do about it. */
export const INSTANCE_REASONS = {
  NO_CAPACITY: {
    says: 'No host has room for it; the message counts the hosts by what is in the way.',
    advice: 'Delete or shrink other instances, add a host, or uncordon one; then start this instance again.',
  },
  IMAGE_MISSING: {
    says: 'The registry no longer has its image.',
    advice: 'Import the image again under a new name and launch from that.',
  },
  REGISTRY_UNAVAILABLE: {
    says: 'Its host cannot reach the registry.',
    advice: 'Wait: it starts by itself once the registry answers. If that lasts, ask your operator.',
  },
  REGISTRY_REFUSED: {
    says: 'The registry does not let its host pull the image.',
    advice: "Ask your operator to check the host's registry login; then start the instance again.",
  },
  IMAGE_PULL_FAILED: {
    says: 'Its image could not be brought to the host, for another reason.',
    advice:
      'Check that the image still exists, then start the instance again; if its layers are gone, import it again.',
  },
  PORT_TAKEN: {
    says: 'Another program on the host holds a port that it is to publish. One that the cloud chose is left for another by itself, a few times, as long as the instance has not run there.',
    advice: 'Publish another host port, or 0 to be given a free one.',
  },
  START_FAILED: {
    says: 'The host could not start the program.',
    advice: 'Correct the command or the image, then start the instance again.',
  },
  EXITED: {
    says: 'Its program has ended; the message has the exit code and, if that came soon, the last lines.',
    advice:
      'Read the last lines above, correct the command or the environment, and start the instance again.',
  },
  OUT_OF_MEMORY: {
    says: 'It used more memory than its type has: the kernel killed a process in it, and it ended with code 137.',
    advice: 'Give it a larger type by an update, or have the program use less; then start it again.',
  },
  REMOVED: {
    says: 'Somebody removed its container on the host.',
    advice: 'Start the instance to make it anew.',
  },
  HOST_LOST: {
    says: 'Its host is silent past the fence deadline.',
    advice:
      'It is done once the host returns. If that will not return, delete the instance and launch it anew; with on_host_loss=restart that happens by itself.',
  },
  DRIVER_UNAVAILABLE: {
    says: "Its host's container engine does not answer. What runs there may well run on.",
    advice: 'Wait: it is looked at again as soon as the engine answers. If that lasts, ask your operator.',
  },
} as const satisfies Record<string, { says: string; advice: string }>;

export function adviceFor(reason: string): string {
  const known = (INSTANCE_REASONS as Record<string, { advice: string }>)[reason];
  return known?.advice ?? 'Start the instance again; if it fails the same way, ask your operator.';
}
