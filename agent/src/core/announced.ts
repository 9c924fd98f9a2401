import { passing } from '@thecloud/kernel';

/** A driver whose calls are steps that a crash may come before or after: also those of methods yet to be written. */
export function announced<D extends object>(kind: string, driver: D): D {
  return new Proxy(driver, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const of = `${kind}.${String(name)}`;
      return (...args: unknown[]) => {
        passing('before driver', of);
        const result: unknown = value.apply(target, args);
        if (!(result instanceof Promise)) return result;
        return result.finally(() => passing('after driver', of));
      };
    },
  });
}
