import { loadConfig, runAsProcess, startTracing } from '@thecloud/service-kit';
import { computeConfig } from './config';
import { start } from './service';

startTracing('compute');
runAsProcess(() => start(loadConfig(computeConfig)));
