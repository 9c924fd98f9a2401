/** Where an image stands in a registry. */
export interface Reference {
  /** host[:port]. */
  readonly registry: string;
  readonly repository: string;
  /** A tag, or "sha256:…". */
  readonly version: string;
}

const DOCKER_HUB = 'registry-1.docker.io';
const HUB_NAMES = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];
const COMPONENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads a reference as docker and podman do: no registry means Docker Hub, no tag means "latest", and beside a digest a
 * tag means nothing. Undefined: it is none.
 */
export function parseReference(text: string): Reference | undefined {
  const [named = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const slash = named.indexOf('/');
  const first = named.slice(0, Math.max(slash, 0));
  const hasRegistry = /[.:A-Z]/.test(first) || first === 'localhost';
  const [, path = '', tag = 'latest'] =
    /^([^:]*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?$/.exec(hasRegistry ? named.slice(slash + 1) : named) ??
    [];
  if (!path.split('/').every((part) => COMPONENT.test(part))) return undefined;
  if (hasRegistry && !isAddress(first)) return undefined;
  const onHub = !hasRegistry || HUB_NAMES.includes(first);
  return {
    registry: onHub ? DOCKER_HUB : first,
    repository: onHub && !path.includes('/') ? `library/${path}` : path,
    version: digest ?? tag,
  };
}

/** host[:port] that can be connected to: no port 99999 or 0, no address 300.1.1.1. */
function isAddress(text: string): boolean {
  return /^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(text) && !/:0+$/.test(text) && URL.canParse(`https://${text}/`);
}
