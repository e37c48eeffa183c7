import { Combobox } from "@base-ui/react/combobox";
import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { Select } from "@base-ui/react/select";
import { Switch } from "@base-ui/react/switch";
import { Check, ChevronDown } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";

import popup from "../Popup.module.css";
import { describe, Field } from "./Field";
import styles from "./Form.module.css";
import type { FieldProps } from "./useForm";

export interface Choice {
  value: string;
  label: string;
  /** Said beside the label. */
  note?: string;
  /** Found by these words too. */
  words?: string;
}

interface Common extends FieldProps<string> {
  label: string;
  help?: ReactNode;
  disabled?: boolean;
}

export function SelectField({ label, help, issue, choices, value, onChange, onBlur, id, name, disabled, placeholder }: Common & { choices: readonly Choice[]; placeholder?: string }) {
  return (
    <Field id={id} name={name} label={label} help={help} issue={issue}>
      <Select.Root
        value={value === "" ? null : value}
        onValueChange={(next) => onChange(next ?? "")}
        onOpenChange={(open) => (open ? undefined : onBlur())}
        items={choices}
        disabled={disabled}
      >
        <Select.Trigger id={id} className={styles.input} data-select="" data-testid={`field-${name}`} {...describe(id, issue, help)}>
          <Select.Value placeholder={placeholder} />
          <Select.Icon className={styles.chevron}>
            <ChevronDown aria-hidden />
          </Select.Icon>
        </Select.Trigger>
        <Select.Portal>
          <Select.Positioner className={popup.positioner} sideOffset={4} alignItemWithTrigger={false}>
            <Select.Popup aria-label={typeof label === "string" ? label : undefined} className={`${popup.popup} ${styles.list}`}>
              {choices.map((choice) => (
                <Select.Item key={choice.value} value={choice.value} className={popup.item}>
                  <Select.ItemText>{choice.label}</Select.ItemText>
                  {choice.note ? <span className={styles.note}>{choice.note}</span> : null}
                  <Select.ItemIndicator className={popup.check}>
                    <Check aria-hidden />
                  </Select.ItemIndicator>
                </Select.Item>
              ))}
            </Select.Popup>
          </Select.Positioner>
        </Select.Portal>
      </Select.Root>
    </Field>
  );
}

/** A choice from hundreds, found by typing a part of it. */
export function SearchField({ label, help, issue, choices, value, onChange, onBlur, id, name, disabled, placeholder }: Common & { choices: readonly Choice[]; placeholder?: string }) {
  const { t } = useTranslation();
  const chosen = useMemo(
    () => choices.find((choice) => choice.value === value) ?? (value === "" ? null : { value, label: value }),
    [choices, value],
  );
  return (
    <Field id={id} name={name} label={label} help={help} issue={issue}>
      <Combobox.Root
        items={choices}
        value={chosen}
        onValueChange={(next) => onChange(next?.value ?? "")}
        onOpenChange={(open) => (open ? undefined : onBlur())}
        isItemEqualToValue={(item: Choice, other: Choice) => item.value === other.value}
        itemToStringLabel={(choice: Choice) => choice.label}
        filter={(choice: Choice, text) => matches(choice, text)}
        disabled={disabled}
        limit={80}
      >
        <Combobox.InputGroup className={styles.combo}>
          <Combobox.Input
            id={id}
            className={styles.input}
            placeholder={placeholder}
            data-testid={`field-${name}`}
            {...describe(id, issue, help)}
          />
          <Combobox.Trigger className={styles.comboTrigger} aria-label={t("common.open")}>
            <ChevronDown aria-hidden />
          </Combobox.Trigger>
        </Combobox.InputGroup>
        <Combobox.Portal>
          <Combobox.Positioner className={popup.positioner} sideOffset={4}>
            <Combobox.Popup className={`${popup.popup} ${styles.list}`}>
              <Combobox.Empty className={styles.none}>{t("common.nothingFound")}</Combobox.Empty>
              <Combobox.List>
                {(choice: Choice) => (
                  <Combobox.Item key={choice.value} value={choice} className={popup.item}>
                    <span>{choice.label}</span>
                    {choice.note ? <span className={styles.note}>{choice.note}</span> : null}
                  </Combobox.Item>
                )}
              </Combobox.List>
            </Combobox.Popup>
          </Combobox.Positioner>
        </Combobox.Portal>
      </Combobox.Root>
    </Field>
  );
}

/** Every word typed must occur somewhere: "mosk", "moscow gmt" and "москва" all find Europe/Moscow. */
export function matches(choice: Choice, text: string): boolean {
  const hay = `${choice.label} ${choice.value} ${choice.note ?? ""} ${choice.words ?? ""}`.toLowerCase().replaceAll("_", " ");
  return text.toLowerCase().replaceAll("_", " ").split(/\s+/).every((word) => hay.includes(word));
}

/** Two to four choices side by side. */
export function SegmentedField({ label, help, issue, choices, value, onChange, id, name, disabled = false }: Common & { choices: readonly Choice[] }) {
  return (
    <Field id={id} name={name} label={label} help={help} issue={issue} group>
      <RadioGroup
        value={value}
        onValueChange={(next) => onChange(String(next))}
        className={styles.segmented}
        aria-labelledby={`${id}-label`}
        data-testid={`field-${name}`}
        disabled={disabled}
      >
        {choices.map((choice) => (
          <Radio.Root key={choice.value} value={choice.value} className={styles.segment} data-testid={`${name}-${choice.value}`} nativeButton render={<button type="button" />}>
            {choice.label}
          </Radio.Root>
        ))}
      </RadioGroup>
    </Field>
  );
}

export function SwitchField({ label, help, value, onChange, id, name, disabled = false }: Omit<FieldProps<boolean>, "issue" | "onBlur"> & { label: string; help?: string; disabled?: boolean }) {
  return (
    <div className={styles.switchRow} data-field={name}>
      <Switch.Root
        id={id}
        checked={value}
        onCheckedChange={onChange}
        className={styles.switch}
        data-testid={`field-${name}`}
        disabled={disabled}
        aria-labelledby={`${id}-label`}
        aria-describedby={help ? `${id}-note` : undefined}
      >
        <Switch.Thumb className={styles.thumb} />
      </Switch.Root>
      <div>
        <label className={styles.switchLabel} id={`${id}-label`} htmlFor={id}>
          {label}
        </label>
        {help ? (
          <p className={styles.help} id={`${id}-note`}>
            {help}
          </p>
        ) : null}
      </div>
    </div>
  );
}
