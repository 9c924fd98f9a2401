import type { Measured, Measurement, RowSpec, Samples } from './area';
import { spread } from './statistics';

type Report = (line: string) => void;

/**
 * Calls ours and the peer in turn, so that whatever else the machine does meets both alike; each round the other one
 * begins. What the warm-ups measured is thrown away.
 */
export async function alternate(measurement: Measurement, say: Report): Promise<Measured[]> {
  const { rounds = 5, warmUps = 1, rows } = measurement;
  const ours: Samples[] = [];
  const peer: Samples[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    say(`${rows[0]?.name ?? ''} ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}`);
    const takeOurs = async () => keep(round, ours, await measurement.ours());
    const takePeer = async () => measurement.peer && keep(round, peer, await measurement.peer());
    for (const take of round % 2 === 0 ? [takeOurs, takePeer] : [takePeer, takeOurs]) await take();
  }
  return rows.map((row) => toRow(row, ours, peer));
}

function keep(round: number, all: Samples[], samples: Samples): void {
  if (round >= 0) all.push(samples);
}

function toRow(spec: RowSpec, ours: readonly Samples[], peer: readonly Samples[]): Measured {
  const mine = figure(spec, ours);
  const other = peer.length > 0 ? figure(spec, peer) : undefined;
  const { name, unit, better } = spec;
  return {
    row: {
      name,
      ours: mine.value,
      peer: other?.value ?? null,
      ratio: other?.value ? round(mine.value / other.value) : null, // nothing is a multiple of nothing
      unit,
      better,
      n: mine.n,
    },
    spread: { ours: mine.spread, peer: other?.spread ?? null },
  };
}

function figure({ name, series, of }: RowSpec, all: readonly Samples[]) {
  const perRound = all.map((samples) => samples[series] ?? []);
  const pooled = perRound.flat();
  if (pooled.length === 0) throw new Error(`${name}: nothing was measured in series ${series}`);
  const filled = perRound.filter((values) => values.length > 0);
  return { value: round(of(pooled)), n: pooled.length, spread: spread(filled.map(of)) };
}

/** Four significant digits: the machine is not more exact than that. */
const round = (value: number) => Number(value.toPrecision(4));
