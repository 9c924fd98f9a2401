const MIB = 1024 * 1024;

interface PullLine {
  id?: string;
  status?: string;
  error?: string;
  progressDetail?: { current?: number; total?: number };
}

/** Adds up what Docker tells of each layer of a pull. */
export class PullProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();

  /** Takes one line of the stream; answers with the failure it tells of, if it does. */
  read(line: string): string | undefined {
    const { id, status, error, progressDetail } = parse(line);
    if (error) return error;
    const layer = id ? this.#layers.get(id) : undefined;
    if (id && status === 'Downloading' && progressDetail?.total) {
      this.#layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
    } else if (layer && (status === 'Download complete' || status === 'Pull complete')) {
      layer.current = layer.total;
    }
    return undefined;
  }

  /** "12.4 of 40.0 MiB"; only layers whose size is known count. */
  text(): string {
    const sum = { current: 0, total: 0 };
    for (const { current, total } of this.#layers.values()) {
      sum.current += current;
      sum.total += total;
    }
    if (!sum.total) return 'asking the registry';
    return `${(sum.current / MIB).toFixed(1)} of ${(sum.total / MIB).toFixed(1)} MiB`;
  }
}

function parse(line: string): PullLine {
  try {
    return JSON.parse(line) as PullLine;
  } catch {
    return {}; // half a line at the end of a cut stream: the image check after it tells the truth
  }
}
