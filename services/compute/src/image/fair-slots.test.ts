import { FairSlots } from './fair-slots';

it('leaves half of the slots to others, and names whose turn it is', () => {
  const slots = new FairSlots(4);
  const enter = (owner: string, ...ids: string[]) => ids.map((id) => slots.enter(owner, id));
  expect(enter('greedy', 'g1', 'g2', 'g3', 'g4')).toEqual([true, true, false, false]);
  expect(enter('modest', 'm1')).toEqual([true]);
  expect(enter('third', 't1', 't2')).toEqual([true, false]);
  // The one with the fewest under way comes first; within an owner, the one that came first.
  expect(slots.leave('modest')).toBe('t2');
  expect(slots.enter('third', 't2')).toBe(true);
  expect(slots.leave('greedy')).toBe('g3');
  expect(slots.enter('greedy', 'g3')).toBe(true);
  expect(slots.leave('third')).toBeUndefined();
  expect(slots.leave('greedy')).toBe('g4');
  expect(slots.leave('greedy')).toBeUndefined();
});

it('does not name one that waits no longer', () => {
  const slots = new FairSlots(1);
  expect([slots.enter('a', 'a1'), slots.enter('b', 'b1')]).toEqual([true, false]);
  slots.forget('b', 'b1');
  expect(slots.leave('a')).toBeUndefined();
});
