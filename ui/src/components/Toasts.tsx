import { Toast } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "./Button";
import { Incident } from "./Failure";
import styles from "./Toasts.module.css";
import { type ToastData, toastManager } from "./toasts";

function List() {
  const { t } = useTranslation();
  const { toasts, close } = Toast.useToastManager<ToastData>();
  return toasts.map((item) => (
    <Toast.Root key={item.id} toast={item} className={styles.toast} data-testid="toast" swipeDirection="right">
      {item.type === "failure" ? <CircleAlert className={styles.failure} /> : item.type === "warning" ? <TriangleAlert className={styles.warning} /> : item.type === "info" ? <Info className={styles.info} /> : <CircleCheck className={styles.done} />}
      <div className={styles.text}>
        <Toast.Title className={styles.title} />
        <Toast.Description className={styles.description} />
        {item.data?.incident ? <Incident id={item.data.incident} /> : null}
      </div>
      {item.data?.undo ? (
        <Button
          size="small"
          data-testid="toast-undo"
          onClick={() => {
            item.data?.undo?.run();
            close(item.id);
          }}
        >
          {item.data.undo.label}
        </Button>
      ) : null}
      <IconButton label={t("common.close")} size="small" icon={<X />} onClick={() => close(item.id)} />
    </Toast.Root>
  ));
}

export function Toasts() {
  return (
    <Toast.Provider toastManager={toastManager} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
