import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import styles from "./Popup.module.css";

export interface MenuItem {
  id: string;
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  checked?: boolean;
  /** A line above it. */
  separated?: boolean;
  run: () => void;
}

export function Menu({ trigger, items, label }: { trigger: ReactElement; items: readonly MenuItem[]; label: string }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className={styles.positioner}>
          <Base.Popup className={styles.popup} aria-label={label}>
            {items.map((item) => (
              <div key={item.id} role="none">
                {item.separated ? <Base.Separator className={styles.separator} /> : null}
                <Base.Item
                  className={styles.item}
                  data-danger={item.danger || undefined}
                  data-testid={`menu-${item.id}`}
                  onClick={item.run}
                >
                  {item.icon}
                  {item.label}
                  {item.checked ? <Check className={styles.check} aria-hidden /> : null}
                </Base.Item>
              </div>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
