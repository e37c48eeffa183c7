import { Select } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { ColumnRole } from "../../bindings/ColumnRole";
import popup from "../Popup.module.css";
import styles from "./Columns.module.css";
import { ROLES } from "./mapping";

interface Props {
  column: string;
  role: ColumnRole;
  onChange: (role: ColumnRole) => void;
}

/** What a column is for. */
export function RoleSelect({ column, role, onChange }: Props) {
  const { t } = useTranslation();
  const title = t("import.roleOf", { column });
  const items = useMemo(() => ROLES.map((value) => ({ value, label: t(`columnRole.${value}`) })), [t]);
  return (
    <Select.Root<ColumnRole> value={role} onValueChange={(next) => (next ? onChange(next) : undefined)} items={items}>
      <Select.Trigger className={styles.role} aria-label={title} data-testid="column-role" data-state={role}>
        <Select.Value />
        <Select.Icon className={styles.chevron}>
          <ChevronDown aria-hidden />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Positioner className={popup.positioner} sideOffset={4} alignItemWithTrigger={false}>
          <Select.Popup className={popup.popup} aria-label={title}>
            {items.map(({ value, label }) => (
              <Select.Item key={value} value={value} className={popup.item} data-testid={`role-${value}`}>
                <Select.ItemText>{label}</Select.ItemText>
                <Select.ItemIndicator className={popup.check}>
                  <Check aria-hidden />
                </Select.ItemIndicator>
              </Select.Item>
            ))}
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  );
}
