import { Rollback } from './rollback';

const steps = async (
  commit: boolean,
  failing = false,
): Promise<{ undone: string[]; failures: unknown[] }> => {
  const undone: string[] = [];
  const failures: unknown[] = [];
  {
    await using rollback = new Rollback((cause) => failures.push(cause));
    rollback.add(async () => void undone.push('first'));
    rollback.add(async () => {
      if (failing) throw new Error('stuck');
      undone.push('second');
    });
    if (commit) rollback.commit();
  }
  return { undone, failures };
};

it('undoes newest first when nobody commits', async () => {
  expect((await steps(false)).undone).toEqual(['second', 'first']);
});

it('undoes nothing after a commit', async () => {
  expect((await steps(true)).undone).toEqual([]);
});

it('reports an undo that fails and goes on with the rest', async () => {
  const { undone, failures } = await steps(false, true);
  expect(undone).toEqual(['first']);
  expect(failures).toHaveLength(1);
});
