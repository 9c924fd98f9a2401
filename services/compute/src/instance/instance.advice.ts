/** What to do about a failed instance, by reason. */
const ADVICE: Readonly<Record<string, string>> = {
  NO_CAPACITY:
    'Delete or shrink other instances, add a host, or uncordon one; then start this instance again.',
  IMAGE_PULL_FAILED:
    'Check that the image still exists, then start the instance again; if its layers are gone, import it again.',
  PORT_TAKEN:
    'Another program on the host holds the port. Publish another host port, or 0 to be given a free one.',
  EXITED: 'Read the last lines above, correct the command or the environment, and start the instance again.',
  OUT_OF_MEMORY: 'Give it a larger type (launch it anew), or have the program use less; then start it again.',
  REMOVED: 'Somebody removed the container on its host. Start the instance to make it anew.',
  START_FAILED: 'Correct the command or the image, then start the instance again.',
};

export function adviceFor(reason: string): string {
  return ADVICE[reason] ?? 'Start the instance again; if it fails the same way, ask your operator.';
}
