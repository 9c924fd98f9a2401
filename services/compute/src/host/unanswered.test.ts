import { Unanswered } from './unanswered';

let now: number;
let calls: Unanswered;
let answer: Array<() => void>;
beforeEach(() => {
  now = 0;
  answer = [];
  calls = new Unanswered(() => now);
});
const call = () => calls.wait(() => new Promise<void>((resolve) => answer.push(resolve)));
const many = (n: number) => Array.from({ length: n }, call);

it('lets any number wait for a host that answers soon', async () => {
  const waiting = many(50);
  now = 900;
  waiting.push(...many(50));
  answer.forEach((resolve) => resolve());
  await Promise.all(waiting);
});

it('refuses more while a host leaves several without an answer for long, and lets them go when it answers', async () => {
  const waiting = many(4);
  now = 1_001;
  await expect(call()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  expect(answer).toHaveLength(4);
  answer[0]?.();
  await waiting[0];
  waiting.push(call());
  answer.forEach((resolve) => resolve());
  await Promise.all(waiting);
});

it('takes a call that fails for answered', async () => {
  const failing = Array.from({ length: 4 }, () => calls.wait(() => Promise.reject(new Error('away'))));
  await expect(Promise.all(failing)).rejects.toThrow('away');
  now = 5_000;
  await expect(calls.wait(() => Promise.resolve('fine'))).resolves.toBe('fine');
});
