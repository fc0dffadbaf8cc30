// Stands in for the registry of field options of Grafana's panel plugins: every option is taken as the JSON has it.
import type { FieldConfigOptionsRegistry, FieldConfigSource } from '@grafana/data';

const STANDARD = [
  'displayName',
  'unit',
  'min',
  'max',
  'decimals',
  'noValue',
  'color',
  'thresholds',
  'mappings',
  'links',
  'description',
  'filterable',
  'fieldMinMax',
];

export function registryFor(config: FieldConfigSource): FieldConfigOptionsRegistry {
  const options = new Map(STANDARD.map((id) => [id, option(id)]));
  const custom = Object.keys(config.defaults.custom ?? {}).map((name) => `custom.${name}`);
  const overridden = config.overrides.flatMap((override) => override.properties.map((property) => property.id));
  for (const id of [...custom, ...overridden]) if (!options.has(id)) options.set(id, option(id));
  const registry = {
    list: () => [...options.values()],
    get: (id: string) => options.get(id),
    getIfExists: (id: string) => options.get(id),
  };
  return registry as unknown as FieldConfigOptionsRegistry;
}

function option(id: string) {
  const isCustom = id.startsWith('custom.');
  const path = isCustom ? id.slice('custom.'.length) : id;
  return { id, path, isCustom, name: id, settings: {}, shouldApply: () => true, process: (value: unknown) => value };
}
