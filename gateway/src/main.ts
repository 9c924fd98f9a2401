import { loadConfig, runAsProcess, startTracing } from '@thecloud/service-kit';
import { gatewayConfig } from './config';
import { start } from './service';

startTracing('gateway');
runAsProcess(() => start(loadConfig(gatewayConfig)));
