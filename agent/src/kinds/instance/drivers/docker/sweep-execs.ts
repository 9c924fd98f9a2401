import type Docker from 'dockerode';
import { call } from '../docker-engine';
import { execInspected, inspected } from './answers';
import { execMark, execProblem } from './exec';
import { endSession, hasEnvironment, hostProcess } from './host-session';

/** Ends what an agent started by exec in these containers and left behind; what operators run there is left alone. */
export async function sweepExecs(
  docker: Docker,
  containerIds: readonly string[],
  hostId: string,
): Promise<number> {
  let swept = 0;
  for (const containerId of containerIds) {
    const { ExecIDs: execIds } = await call(
      async (abortSignal) => inspected(await docker.getContainer(containerId).inspect({ abortSignal })),
      execProblem,
    );
    for (const execId of execIds ?? []) {
      const { Running, Pid } = await call(
        async (abortSignal) => execInspected(await docker.getExec(execId).inspect({ abortSignal })),
        execProblem,
      );
      const found = Running ? await hostProcess(Pid, containerId) : undefined;
      if (!found || !(await hasEnvironment(Pid, execMark(hostId)))) continue;
      if (await endSession(found, containerId)) swept++;
    }
  }
  return swept;
}
