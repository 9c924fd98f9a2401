import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';

/**
 * Whether answers hold the field, whatever its value. Scalars, enums, lists and maps are always written; messages,
 * `optional` fields and members of a oneof only where they are set. A resource always has its three parts.
 */
export function presentInAnswers(field: DescField): boolean {
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return true;
  if (field.fieldKind === 'message')
    return isResource(field.parent) && ['metadata', 'spec', 'status'].includes(field.name);
  return field.oneof === undefined && field.presence === FeatureSet_FieldPresence.IMPLICIT;
}

const isResource = (message: DescMessage): boolean =>
  message.fields.some((field) => field.message?.typeName === 'thecloud.common.v1.ResourceMetadata');
