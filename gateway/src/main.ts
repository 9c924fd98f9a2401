import { loadConfig, runAsProcess } from '@thecloud/service-kit';
import { gatewayConfig } from './config';
import { start } from './service';

runAsProcess('gateway', () => start(loadConfig(gatewayConfig)));
