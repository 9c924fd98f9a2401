import { Client } from '@grpc/grpc-js';
import type { ChannelCredentials, ServiceError } from '@grpc/grpc-js';
import { commonErrors } from '@thecloud/kernel';
import { channelOptions, followReplicas, Lane, LaneBroken } from '@thecloud/service-kit';
import { unaryCall } from '../backend-call';
import type { UnaryOptions } from '../backend-call';
import { fromBackend } from '../backend-error';

/** One unary call to a service, by its name. Rejects with the CloudError it answered. */
export type CallService = (
  service: string,
  path: string,
  message: Buffer,
  options: UnaryOptions & { readonly repeatable: boolean },
) => Promise<Buffer>;

/** Calls of a service under way at a time over one lane; more take the plain way. */
const MOST_CALLS = 900;
const LARGEST_BYTES = 2 << 20;

/**
 * A lane to every live replica of every service; each call takes the least busy. While there is none (a service starts,
 * or is older than lanes are), and for what would not fit, calls go the plain way, as gRPC calls of their own.
 */
export class Lanes {
  readonly #services = new Map<string, Map<string, Lane>>();
  readonly #stop: Array<() => void> = [];

  constructor(
    private readonly credentials: ChannelCredentials,
    private readonly plain: (service: string) => Client,
    private readonly follow = followReplicas,
  ) {}

  readonly call: CallService = async (service, path, message, options) => {
    const lane = message.length < LARGEST_BYTES ? this.#leastBusy(service) : undefined;
    if (!lane) return unaryCall(this.plain(service), path, message, options);
    const { metadata, timeoutMs, signal, backend, requestId } = options;
    try {
      return await lane.call(path, message, {
        ...{ metadata: metadata.getMap() as Record<string, string>, timeoutMs },
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      if (!(error instanceof LaneBroken)) throw fromBackend(error as ServiceError, backend, requestId);
      // What may run twice without harm is asked again, of whichever replica is there now.
      if (options.repeatable) return unaryCall(this.plain(service), path, message, options);
      throw commonErrors.UNAVAILABLE({ what: `The ${service} service` }, error);
    }
  };

  /** Lanes of a service that may be used now. */
  usable(service: string): number {
    return [...this.#lanesOf(service).values()].filter((lane) => lane.usable).length;
  }

  close(): void {
    for (const stop of this.#stop) stop();
    for (const lanes of this.#services.values()) for (const lane of lanes.values()) lane.close();
  }

  #leastBusy(service: string): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanesOf(service).values())
      if (lane.usable && lane.load < (best?.load ?? MOST_CALLS)) best = lane;
    return best;
  }

  #lanesOf(service: string): Map<string, Lane> {
    const known = this.#services.get(service);
    if (known) return known;
    const lanes = new Map<string, Lane>();
    this.#services.set(service, lanes);
    this.#stop.push(this.follow(service, (addresses) => this.#renew(service, lanes, addresses)));
    return lanes;
  }

  #renew(service: string, lanes: Map<string, Lane>, addresses: readonly string[]): void {
    for (const address of addresses)
      if (!lanes.has(address))
        lanes.set(address, new Lane(new Client(address, this.credentials, channelOptions(service))));
    for (const [address, lane] of lanes)
      if (!addresses.includes(address)) {
        lanes.delete(address);
        lane.retire();
      }
  }
}
