// The transformations of a panel, as far as @grafana/data has them.
import {
  type DataFrame,
  type DataTransformerConfig,
  type InterpolateFunction,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';

const known = new Map(Object.values(standardTransformers).map((one) => [one.id as string, one]));

standardTransformersRegistry.setInit(() =>
  [...known].map(([id, transformation]) => ({
    id,
    name: transformation.name,
    transformation: () => Promise.resolve(transformation),
    editor: () => null,
    imageDark: '',
    imageLight: '',
  })),
);

export async function transformed(
  frames: DataFrame[],
  transformations: DataTransformerConfig[],
  interpolate: InterpolateFunction,
): Promise<DataFrame[]> {
  const active = transformations.filter((one) => !one.disabled);
  if (active.length === 0) return frames;
  // Grafana's own function would leave it out without a word.
  const strange = active.find((one) => !known.has(one.id));
  if (strange) throw new Error(`The preview does not have the transformation ${strange.id}.`);
  return lastValueFrom(transformDataFrame(active, frames, { interpolate: (text) => interpolate(text) }));
}
