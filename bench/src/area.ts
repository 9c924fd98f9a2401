/** Everything one call of a measurement saw, by series: rates in 1/s, latencies in ms … */
export type Samples = Readonly<Record<string, readonly number[]>>;

/** A row of the table: one figure made of one series, over all rounds. */
export interface RowSpec {
  /** "api.read", "launch.p99": the area first. */
  readonly name: string;
  readonly series: string;
  readonly of: (values: readonly number[]) => number;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
}

/** Ours and a bare peer doing the same work, called alternately; what each call answers is pooled over the rounds. */
export interface Measurement {
  readonly rows: readonly RowSpec[];
  readonly ours: () => Promise<Samples>;
  /** Absent where nothing bare does that work: the row then has no ratio, and is judged by itself. */
  readonly peer?: () => Promise<Samples>;
  /** Calls of each that count; 5 unless told. */
  readonly rounds?: number;
  /** Calls of each before that; 1 unless told. */
  readonly warmUps?: number;
}

/** What `make bench B=<name>` runs. */
export interface Area {
  readonly name: string;
  /** Starts what is measured. */
  readonly open: () => Promise<OpenArea>;
}

export interface OpenArea {
  readonly measurements: readonly Measurement[];
  close(): Promise<void>;
}

/** As in bench/results/latest.json. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly peer: number | null;
  /** ours ÷ peer. */
  readonly ratio: number | null;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** How many values of ours the figure is made of. */
  readonly n: number;
}

/** A row with how far its rounds were apart, for the table. */
export interface Measured {
  readonly row: Row;
  readonly spread: { readonly ours: number; readonly peer: number | null };
}
