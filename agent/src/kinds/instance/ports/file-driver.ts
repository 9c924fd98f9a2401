export interface FileFacts {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: bigint;
  /** Permissions alone. */
  readonly mode: number;
  readonly modifiedAt: Date | undefined;
  /** Empty unless it is a link. */
  readonly linkTarget: string;
}

/**
 * An optional ability of an instance driver, found by `'statFile' in driver`: files in and out of an instance, whether
 * it runs or not. Links are followed within its own file system only.
 */
export interface FileDriver {
  /** A link is told as such, `linkTarget` being where it leads. @throws DriverError FILE_NOT_FOUND, PATH_LOOPS, PATH_TOO_LONG, NO_FILE_SYSTEM, DRIVER_UNAVAILABLE */
  statFile(id: string, path: string, signal: AbortSignal): Promise<FileFacts>;
  /** A tar archive of the file, or of the directory and all in it, read as fast as it is asked for. Throws as above. */
  readFiles(id: string, path: string, signal: AbortSignal): AsyncIterable<Buffer>;
  /**
   * Unpacks a tar archive, which has been checked, into a directory that is there.
   * @throws DriverError FILE_NOT_FOUND, NOT_A_DIRECTORY, PATH_LOOPS, PATH_TOO_LONG, LINK_TARGET_ABSENT, FILES_REFUSED,
   * NO_FILE_SYSTEM, DRIVER_UNAVAILABLE
   */
  writeFiles(id: string, path: string, tar: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void>;
}
