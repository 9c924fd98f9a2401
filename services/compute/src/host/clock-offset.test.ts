import { ClockOffset } from './clock-offset';

/** What is said after each beat: sent by the host's clock, heard by ours, in ms. */
const said = (...beats: Array<[sent: number, heard: number]>) => {
  const offset = new ClockOffset();
  return beats.map(([sent, heard]) => offset.heard(new Date(1e12 + sent), 1e12 + heard));
};

it('believes the beat that travelled least, and not the first two alone', () => {
  const beats: Array<[number, number]> = [
    [5_000, 1_000],
    [7_000, 2_500], // the first took half a second longer
    [9_000, 7_000], // and this one 2.5 s longer
  ];
  expect(said(...beats)).toEqual([undefined, undefined, 4_500]);
});

it('follows a clock that is set right', () => {
  const right = Array.from({ length: 8 }, (_, n): [number, number] => [n * 2_000, n * 2_000]);
  const off: [number, number] = [5_000, 0];
  expect(said(off, off, off, ...right).slice(2)).toEqual([...Array<number>(8).fill(5_000), 0]);
});

it('tells one that is behind, and of one that is years off as much as can be told', () => {
  const three = (sent: number) => said([sent, 0], [sent, 0], [sent, 0])[2];
  expect(three(-3_000)).toBe(-3_000);
  expect(three(1e12)).toBe(2 ** 31 - 1);
  expect(three(-1e12)).toBe(1 - 2 ** 31);
  expect(new ClockOffset().heard(undefined)).toBeUndefined();
});
