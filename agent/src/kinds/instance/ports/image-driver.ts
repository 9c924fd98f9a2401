/** How a pull is getting on, in words for people: "12.4 of 40.0 MiB". */
export type OnProgress = (progress: string) => void;

/** Brings images to this host. */
export interface ImageDriver {
  /**
   * After it the image is on the host. Asks no registry when it is there already: references are by digest, so what
   * is there is what was meant.
   * @throws DriverError IMAGE_MISSING, REGISTRY_UNAVAILABLE, REGISTRY_REFUSED, IMAGE_PULL_FAILED, DRIVER_UNAVAILABLE; rejects with the signal's reason when aborted.
   */
  ensure(reference: string, onProgress: OnProgress, signal: AbortSignal): Promise<void>;
}
