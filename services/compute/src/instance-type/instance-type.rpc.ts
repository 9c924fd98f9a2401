import { computeV1 } from '@thecloud/api';
import { implement } from '@thecloud/service-kit';
import { errors } from '../errors';
import { findInstanceType, instanceTypes, knownTypes, vcpusOf } from './instance-type';
import type { InstanceType } from './instance-type';

export const instanceTypeRpc = () =>
  implement<computeV1.InstanceTypeServiceServer>(computeV1.InstanceTypeServiceService, {
    listInstanceTypes: () => Promise.resolve({ instanceTypes: instanceTypes.map(toProto) }),
    getInstanceType: (_ctx, { name }) => {
      const type = findInstanceType(name);
      if (!type) return Promise.reject(errors.INSTANCE_TYPE_NOT_FOUND({ name, known: knownTypes }));
      return Promise.resolve(toProto(type));
    },
  });

const toProto = (type: InstanceType): computeV1.InstanceType => ({
  ...type,
  vcpus: vcpusOf(type.cpuMillicores),
});
