import { loadConfig, runAsProcess } from '@thecloud/service-kit';
import { computeConfig } from './config';
import { start } from './service';

runAsProcess('compute', () => start(loadConfig(computeConfig)));
