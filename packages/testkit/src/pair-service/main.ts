import { z } from 'zod';
import { commonConfig, databaseConfig, loadConfig, runAsProcess } from '@thecloud/service-kit';
import { startPairService } from './service';

/** A wish that the test makes over the channel it has started this process with. */
interface Asked {
  readonly n: number;
  readonly wish: 'create' | 'remove';
  readonly args: readonly unknown[];
}

runAsProcess('orchestration', async () => {
  const served = await startPairService(loadConfig(z.object({ ...commonConfig, ...databaseConfig })));
  process.on('message', ({ n, wish, args }: Asked) => {
    const made = (served.wishes[wish] as (...args: readonly unknown[]) => Promise<void>)(...args);
    made.then(
      () => process.send?.({ n }),
      (error: Error) => process.send?.({ n, error: error.message }),
    );
  });
  process.send?.({ n: 0 });
  return served;
});
