import { fieldRules } from '@thecloud/api';
import type { FieldRule } from '@thecloud/api';
import type { FieldViolation } from '@thecloud/kernel';

const MOST_VIOLATIONS = 20;
const patterns = new Map<string, RegExp>();

/** Checks a decoded message against the rules beside its fields in proto/. One violation a field; empty: all is well. */
export function validate(typeName: string, message: object, path = ''): FieldViolation[] {
  const found: FieldViolation[] = [];
  const values = message as Record<string, unknown>;
  for (const [key, rule] of Object.entries(fieldRules[typeName] ?? {})) {
    if (found.length >= MOST_VIOLATIONS) break;
    const field = path + rule.name;
    const value = rule.oneof ? chosen(values[rule.oneof], key) : values[key];
    const problem = checkField(rule, value);
    if (problem) found.push({ field, description: problem });
    else found.push(...checkParts(rule, value, field));
  }
  return found;
}

/** The value of a field in a oneof, if it is the one that is set. */
function chosen(oneof: unknown, key: string): unknown {
  const union = oneof as { $case: string; value: unknown } | undefined;
  return union?.$case === key ? union.value : undefined;
}

function checkField(rule: FieldRule, value: unknown): string | undefined {
  if (rule.required && isEmpty(value)) return 'is required';
  if (rule.maxItems !== undefined && countOf(value) > rule.maxItems)
    return `has ${countOf(value)} entries, at most ${rule.maxItems} are allowed`;
  if (rule.kind === 'list' || rule.kind === 'map' || value === undefined) return undefined;
  return checkValue(rule, value);
}

function checkValue(rule: FieldRule, value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (rule.min !== undefined && value < rule.min) return `must be at least ${rule.min}`;
    if (rule.max !== undefined && value > rule.max) return `must be at most ${rule.max}`;
  }
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) return undefined;
  if (rule.minLen !== undefined && value.length < rule.minLen) return `must be at least ${rule.minLen} long`;
  if (rule.maxLen !== undefined && value.length > rule.maxLen) return `must be at most ${rule.maxLen} long`;
  if (typeof value !== 'string') return undefined;
  if (value.includes('\0')) return 'must not contain a NUL character';
  if (rule.in && !rule.in.includes(value)) return `must be one of ${rule.in.filter(Boolean).join(', ')}`;
  if (rule.pattern && !matches(rule.pattern, value))
    return `must be ${rule.advice ?? `of the form ${rule.pattern}`}`;
  return undefined;
}

function checkParts(rule: FieldRule, value: unknown, field: string): FieldViolation[] {
  if (rule.kind === 'list' && Array.isArray(value)) {
    return value.flatMap((item: unknown, i) => {
      const problem = checkValue(rule, item);
      if (problem) return [{ field: `${field}[${i}]`, description: problem }];
      return rule.message ? validate(rule.message, item as object, `${field}[${i}].`) : [];
    });
  }
  if (rule.kind === 'map' && value) return checkMap(rule, value, field);
  return rule.message && value ? validate(rule.message, value, `${field}.`) : [];
}

function checkMap(rule: FieldRule, value: object, field: string): FieldViolation[] {
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const at = `${field}["${key.slice(0, 64)}"]`;
    if (rule.keyPattern && !matches(rule.keyPattern, key))
      return [{ field: at, description: `its key must be of the form ${rule.keyPattern}` }];
    if (typeof item !== 'string') return [];
    if (item.includes('\0')) return [{ field: at, description: 'must not contain a NUL character' }];
    if (item.length > (rule.valueMaxLen ?? Infinity))
      return [{ field: at, description: `must be at most ${rule.valueMaxLen} long` }];
    return [];
  });
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === '' ||
    value === 0 ||
    ((value instanceof Uint8Array || Array.isArray(value)) && value.length === 0)
  );
}

function countOf(value: unknown): number {
  return Array.isArray(value) ? value.length : value ? Object.keys(value).length : 0;
}

function matches(pattern: string, text: string): boolean {
  const compiled = patterns.get(pattern) ?? new RegExp(pattern, 'u');
  patterns.set(pattern, compiled);
  return compiled.test(text);
}
