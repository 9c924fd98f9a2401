import { errors } from '../errors';
import type { Descriptor, ImageLayout } from './image-layout';
import { addLayer } from './layer';
import type { ExpectedLayer } from './layer';
import type { Extent } from './tar-reader';
import type { UnpackBudget } from './unpack-budget';

/** Docker stacks no more ("max depth exceeded"). */
const MAX_LAYERS = 127;

export interface NamedLayer extends ExpectedLayer {
  readonly extent: Extent;
}

/**
 * Takes the layers of an image over into a layout, in their order. A layer that is named several times is unpacked
 * once. INVALID_ARGUMENT IMAGE_ARCHIVE_INVALID.
 */
export async function addLayers(
  layout: ImageLayout,
  named: readonly NamedLayer[],
  budget: UnpackBudget,
  signal: AbortSignal,
): Promise<Descriptor[]> {
  if (named.length > MAX_LAYERS)
    throw errors.IMAGE_ARCHIVE_INVALID({
      why: `it has ${named.length} layers, and hosts stack at most ${MAX_LAYERS}; build it with fewer`,
    });
  const added = new Map<string, Descriptor>();
  const layers: Descriptor[] = [];
  for (const { extent, ...expected } of named) {
    const layer =
      added.get(expected.plainDigest) ?? (await addLayer(layout, extent, expected, budget, signal));
    added.set(expected.plainDigest, layer);
    layers.push(layer);
  }
  return layers;
}
