/** One rpc as its proto describes it: how it is reached and who may call it. */
export interface MethodEntry {
  /** gRPC path: "/thecloud.compute.v1.InstanceService/CreateInstance". */
  readonly path: string;
  readonly service: string;
  readonly rpc: string;
  /** Full type names of the request and the answer. */
  readonly input: string;
  readonly output: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly http?: { readonly verb: string; readonly path: string; readonly body: string };
  /** HTTP status of a success. */
  readonly httpStatus: number;
  /** Proto name of the bytes field that a plain HTTP answer of this stream consists of. */
  readonly plainBody?: string;
  /** Whether a call that may have been carried out can be sent again; `keyed`: if it carries an idempotency key. */
  readonly repeat: 'always' | 'keyed' | 'never';
  readonly auth: {
    readonly permission: string;
    readonly scope: 'project' | 'user' | 'platform';
    readonly public: boolean;
    readonly peers: readonly string[];
    /** Made for a project and because of an operation, which the call names: see options.proto, Auth. */
    readonly delegated: boolean;
  };
}

/** The rules of one field (thecloud.common.v1.FieldRules) and where to look for nested ones. */
export interface FieldRule {
  /** As in the proto: snake_case, as callers know it. */
  readonly name: string;
  readonly kind: 'scalar' | 'message' | 'enum' | 'list' | 'map';
  readonly oneof?: string;
  /** Type of the nested message, for messages, lists and maps of ours. */
  readonly message?: string;
  readonly required?: boolean;
  readonly pattern?: string;
  readonly advice?: string;
  readonly minLen?: number;
  readonly maxLen?: number;
  readonly min?: number;
  readonly max?: number;
  readonly maxItems?: number;
  readonly in?: readonly string[];
  readonly keyPattern?: string;
  readonly valueMaxLen?: number;
}
