export { readInstallation } from './installation';
export { Layout } from './layout';
export { choosePorts, portTable, type PortName, type Ports } from './ports';
export { starterCommand, starterImage } from './starter-image';
