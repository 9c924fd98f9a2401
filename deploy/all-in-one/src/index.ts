export { readInstallation } from './installation';
export { Layout } from './layout';
export { choosePorts, portTable, type PortName, type Ports } from './ports';
export { serviceManifests } from './services';
export { starterCommand, starterImage } from './starter-image';
