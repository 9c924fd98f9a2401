import Table from 'cli-table3';
import type { Measured } from './area';
import { met, sayTarget } from './targets';

/** For people: medians over all rounds, how far rounds were apart, and whether the target is met. */
export function table(measured: readonly Measured[]): string {
  const rows = new Table({
    head: ['row', 'ours', 'peer', 'ratio', 'unit', 'n', 'target', ''],
    colAligns: ['left', 'right', 'right', 'right', 'left', 'right', 'left', 'left'],
    style: { head: [], border: [] },
  });
  for (const { row, spread } of measured) {
    const said = met(row);
    rows.push([
      row.name,
      figure(row.ours, spread.ours),
      row.peer === null ? '' : figure(row.peer, spread.peer ?? 0),
      row.ratio === null ? '' : row.ratio.toFixed(2),
      `${row.unit}, ${row.better}`,
      String(row.n),
      sayTarget(row),
      said === undefined ? '' : said ? 'met' : 'MISSED',
    ]);
  }
  return rows.toString();
}

const figure = (value: number, spread: number) => `${value} ±${Math.round(spread * 100)} %`;
