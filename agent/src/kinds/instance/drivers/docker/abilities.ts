import type Docker from 'dockerode';

/** What not every Docker Engine has. */
export interface EngineAbilities {
  /** docker-init, beside dockerd. */
  readonly init: boolean;
  /** Gives the terminal of an exec its size before the program starts (API 1.42). */
  readonly setsSize: boolean;
}

/** Debian's docker.io only recommends the package that brings docker-init: ask, do not assume. */
export function abilitiesOf({ ApiVersion: api, Components: parts }: Docker.DockerVersion): EngineAbilities {
  const init = parts?.find((part) => part.Name === 'docker-init')?.Version;
  const [major = 1, minor = 0] = api.split('.').map(Number);
  return {
    init: init !== undefined && init !== '' && init !== 'N/A',
    setsSize: major > 1 || minor >= 42,
  };
}
