// What a person chooses for one variable: one or several of a list, or a text.
import { Combobox, InlineLabel, Input, MultiCombobox } from '@grafana/ui';
import { useEffect, useState } from 'react';

import { change } from './location';
import { useNarrow } from './narrow';
import { ALL, type Chosen } from './variables';

const HIDE_LABEL = 1;
const HIDE = 2;
// Grafana's VariableHide.inControlsMenu.
const RARE = 3;

export const isShown = ({ variable }: Chosen): boolean => variable.hide !== HIDE && variable.type !== 'constant';
export const isRare = ({ variable }: Chosen): boolean => variable.hide === RARE;

export function VariablePicker({ chosen }: { chosen: Chosen }) {
  const { variable, error } = chosen;
  const label = variable.label || variable.name;
  return (
    <div data-variable={variable.name} className="filter">
      {variable.hide !== HIDE_LABEL && (
        <InlineLabel width="auto" tooltip={error ?? variable.description}>
          {error ? `${label} (!)` : label}
        </InlineLabel>
      )}
      <Picker chosen={chosen} label={label} />
    </div>
  );
}

function Picker({ chosen, label }: { chosen: Chosen; label: string }) {
  const { variable, value } = chosen;
  const set = (next: string | string[]) => change({ [`var-${variable.name}`]: next });
  if (variable.type === 'textbox') return <TextPicker label={label} value={[value].flat()[0] ?? ''} set={set} />;
  const all = variable.includeAll ? [{ label: 'All', value: ALL }] : [];
  const options = [...all, ...chosen.options];
  // On a phone as wide as there is room.
  const size = useNarrow() ? {} : ({ width: 'auto', minWidth: 12, maxWidth: 36 } as const);
  if (!variable.multi) {
    return (
      <Combobox aria-label={label} options={options} value={[value].flat()[0]} onChange={(one) => set(one.value)} {...size} />
    );
  }
  const values = [value].flat();
  const known = values.map((one) => options.find((option) => option.value === one) ?? { label: one, value: one });
  return (
    <MultiCombobox
      aria-label={label}
      options={options}
      value={known}
      onChange={(ones) => set(several(ones.map((one) => one.value), values, variable.includeAll === true))}
      {...size}
    />
  );
}

// All excludes the others; nothing chosen is All.
function several(next: string[], before: string[], withAll: boolean): string[] {
  const others = next.filter((one) => one !== ALL);
  if (!withAll) return others;
  const allIsNew = next.includes(ALL) && !before.includes(ALL);
  return allIsNew || others.length === 0 ? [ALL] : others;
}

function TextPicker({ label, value, set }: { label: string; value: string; set: (next: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const done = () => text !== value && set(text);
  return (
    <Input
      aria-label={label}
      width={20}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => event.key === 'Enter' && done()}
    />
  );
}
