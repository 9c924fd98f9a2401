import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { DescriptorProto, EnumDescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';

/**
 * The files of a descriptor set by name, by the symbols they declare and by the extensions they define. Files are kept
 * as the compiler wrote them: clients link them by their declared dependencies and fully qualified type names.
 */
export class DescriptorIndex {
  readonly #files = new Map<string, { bytes: Uint8Array; dependencies: readonly string[] }>();
  readonly #symbols = new Map<string, string>();
  readonly #extensions = new Map<string, Map<number, string>>();

  /** `image` is an encoded google.protobuf.FileDescriptorSet that holds the dependencies of each of its files. */
  constructor(image: Uint8Array) {
    for (const file of fromBinary(FileDescriptorSetSchema, image).file) {
      // Clients need no comments, and those are half of the bytes.
      const bytes = toBinary(FileDescriptorProtoSchema, { ...file, sourceCodeInfo: undefined });
      this.#files.set(file.name, { bytes, dependencies: file.dependency });
      this.#index(file);
    }
  }

  /** The file, then all that it depends on, directly and indirectly. */
  byName(name: string): Uint8Array[] | undefined {
    if (!this.#files.has(name)) return undefined;
    const found = new Set([name]);
    for (const each of found) for (const needed of this.#files.get(each)!.dependencies) found.add(needed);
    return [...found].map((each) => this.#files.get(each)!.bytes);
  }

  /** `symbol` is fully qualified, without a dot before it: a service, method, message, field, enum, enum value or extension. */
  bySymbol(symbol: string): Uint8Array[] | undefined {
    return this.byName(this.#symbols.get(symbol) ?? '');
  }

  byExtension(type: string, number: number): Uint8Array[] | undefined {
    return this.byName(this.#extensions.get(type)?.get(number) ?? '');
  }

  /** Numbers of the extensions of a message; undefined if there is no such message. */
  extensionNumbers(type: string): number[] | undefined {
    return this.#symbols.has(type) ? [...(this.#extensions.get(type)?.keys() ?? [])] : undefined;
  }

  #index(file: FileDescriptorProto): void {
    const declare = (scope: string, { name }: { name: string }) => {
      const symbol = scope === '' ? name : `${scope}.${name}`;
      this.#symbols.set(symbol, file.name);
      return symbol;
    };
    const ofEnum = (scope: string, type: EnumDescriptorProto) => {
      declare(scope, type);
      for (const value of type.value) declare(scope, value); // values are siblings of their enum
    };
    const ofMessage = (scope: string, type: DescriptorProto) => {
      const symbol = declare(scope, type);
      for (const member of [...type.field, ...type.oneofDecl]) declare(symbol, member);
      for (const nested of type.nestedType) ofMessage(symbol, nested);
      for (const nested of type.enumType) ofEnum(symbol, nested);
      this.#extend(symbol, type.extension, file.name, declare);
    };
    for (const type of file.messageType) ofMessage(file.package, type);
    for (const type of file.enumType) ofEnum(file.package, type);
    for (const service of file.service) {
      const symbol = declare(file.package, service);
      for (const method of service.method) declare(symbol, method);
    }
    this.#extend(file.package, file.extension, file.name, declare);
  }

  #extend(
    scope: string,
    extensions: FileDescriptorProto['extension'],
    file: string,
    declare: (scope: string, named: { name: string }) => string,
  ): void {
    for (const extension of extensions) {
      declare(scope, extension);
      const extended = extension.extendee.replace(/^\./, '');
      const known = this.#extensions.get(extended) ?? new Map<number, string>();
      this.#extensions.set(extended, known.set(extension.number, file));
    }
  }
}
