import type { ComponentProps, ReactNode } from "react";

import styles from "./Button.module.css";
import { Tooltip } from "./Tooltip";

type Variant = "primary" | "secondary" | "ghost" | "danger";

interface Props extends ComponentProps<"button"> {
  variant?: Variant;
  size?: "small" | "normal" | "large";
  icon?: ReactNode;
  busy?: boolean;
}

export function Button({ variant = "secondary", size = "normal", icon, busy = false, children, disabled, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={`${styles.button} ${rest.className ?? ""}`}
      data-variant={variant}
      data-size={size}
      data-state={busy ? "busy" : "idle"}
      aria-busy={busy || undefined}
      disabled={disabled === true || busy}
    >
      {icon}
      {children === undefined ? null : <span>{children}</span>}
    </button>
  );
}

interface IconProps extends Omit<Props, "children" | "icon"> {
  /** What the button does; its accessible name and its tooltip. */
  label: string;
  icon: ReactNode;
}

export function IconButton({ label, icon, variant = "ghost", ...rest }: IconProps) {
  return (
    <Tooltip text={label}>
      <Button {...rest} variant={variant} aria-label={label} icon={icon} className={`${styles.square} ${rest.className ?? ""}`} />
    </Tooltip>
  );
}
